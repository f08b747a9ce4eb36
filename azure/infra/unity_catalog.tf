# Unity Catalog: the way into the lake, one catalog per environment, who may use it.
# The workspace must be attached to a metastore, as new ones are by themselves.

locals {
  catalog = "${replace(var.prefix, "-", "_")}_${var.env}"
}

resource "databricks_storage_credential" "this" {
  name           = "${local.catalog}_lake"
  comment        = "The access connector ${azurerm_databricks_access_connector.this.name}."
  isolation_mode = "ISOLATION_MODE_ISOLATED"

  azure_managed_identity {
    access_connector_id = azurerm_databricks_access_connector.this.id
  }

  depends_on = [azurerm_role_assignment.service]
}

# For what a job reads that is no table: Event Hubs.
resource "databricks_credential" "services" {
  name           = "${local.catalog}_services"
  purpose        = "SERVICE"
  isolation_mode = "ISOLATION_MODE_ISOLATED"

  azure_managed_identity {
    access_connector_id = azurerm_databricks_access_connector.this.id
  }
}

resource "databricks_external_location" "this" {
  for_each = toset(["lake", "unity"])

  name            = "${local.catalog}_${each.key}"
  url             = "abfss://${azurerm_storage_container.this[each.key].name}@${local.lake_host}/"
  credential_name = databricks_storage_credential.this.name
  isolation_mode  = "ISOLATION_MODE_ISOLATED"
}

resource "databricks_catalog" "this" {
  name           = local.catalog
  comment        = "What shoplake publishes in ${var.env}."
  storage_root   = "${databricks_external_location.this["unity"].url}${local.catalog}"
  isolation_mode = "ISOLATED"

  # It goes first: the bundle's volume in it stands on the other location.
  depends_on = [databricks_external_location.this]

  lifecycle {
    prevent_destroy = true
  }
}

locals {
  # The keys are known before the identities are.
  deployers = { for name, identity in azurerm_user_assigned_identity.ci : "ci_${name}" => identity.client_id if name == "deploy" }
  pipelines = merge({ for principal in var.pipeline_principals : principal => principal }, local.deployers)
  # What a person has made first is that person's: without this Terraform as `deploy` could neither see nor change it.
  manages = { for name in keys(local.pipelines) : name => contains(keys(local.deployers), name) ? ["MANAGE"] : [] }
}

# The bundle (azure/databricks) makes the schemas, and the volume over the lake's root; its job fills them.
resource "databricks_grant" "pipeline" {
  for_each = local.pipelines

  catalog   = databricks_catalog.this.name
  principal = each.value
  privileges = concat([
    "APPLY_TAG", "CREATE_FUNCTION", "CREATE_SCHEMA", "CREATE_TABLE", "CREATE_VOLUME", "EXECUTE", "MODIFY", "READ_VOLUME", "SELECT",
    "USE_CATALOG", "USE_SCHEMA", "WRITE_VOLUME",
  ], local.manages[each.key])

  depends_on = [databricks_service_principal.ci]
}

resource "databricks_grant" "lake" {
  for_each = local.pipelines

  external_location = databricks_external_location.this["lake"].id
  principal         = each.value
  privileges        = concat(["CREATE_EXTERNAL_VOLUME", "READ_FILES", "WRITE_FILES"], local.manages[each.key])

  depends_on = [databricks_service_principal.ci]
}

resource "databricks_grant" "events" {
  for_each = local.pipelines

  credential = databricks_credential.services.id
  principal  = each.value
  privileges = concat(["ACCESS"], local.manages[each.key])

  depends_on = [databricks_service_principal.ci]
}

resource "databricks_grant" "deployer_storage" {
  for_each = local.deployers

  storage_credential = databricks_storage_credential.this.id
  principal          = each.value
  privileges         = ["MANAGE"]

  depends_on = [databricks_service_principal.ci]
}

resource "databricks_grant" "deployer_unity" {
  for_each = local.deployers

  external_location = databricks_external_location.this["unity"].id
  principal         = each.value
  privileges        = ["MANAGE"]

  depends_on = [databricks_service_principal.ci]
}

# What they may read in it, the bundle says, schema by schema.
resource "databricks_grant" "analyst" {
  for_each = var.analyst_principals

  catalog    = databricks_catalog.this.name
  principal  = each.key
  privileges = ["USE_CATALOG"]
}
