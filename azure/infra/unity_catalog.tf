# Unity Catalog: the way into the lake, one catalog per environment, who may do what in it.
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

  lifecycle {
    prevent_destroy = true
  }
}

resource "databricks_schema" "this" {
  for_each = {
    bronze     = "Raw rows as they came, with file and row number."
    silver     = "Canonical entities."
    gold       = "The star schema and marts."
    quarantine = "Rows that were refused, and why."
    staging    = "What a run builds before it publishes."
    scratch    = "What a run may lose."
    lake       = "The lake's files."
  }

  catalog_name = databricks_catalog.this.name
  name         = each.key
  comment      = each.value
}

# Raw files and the ledger, as /Volumes/<catalog>/lake/files; tables are managed ones, elsewhere.
resource "databricks_volume" "files" {
  catalog_name     = databricks_catalog.this.name
  schema_name      = databricks_schema.this["lake"].name
  name             = "files"
  volume_type      = "EXTERNAL"
  storage_location = "${databricks_external_location.this["lake"].url}${var.lake_path}"
  comment          = "The lake's root: raw files, ledger and manifests."
}

resource "databricks_grant" "pipeline" {
  for_each = var.pipeline_principals

  catalog   = databricks_catalog.this.name
  principal = each.key
  privileges = [
    "APPLY_TAG", "CREATE_FUNCTION", "CREATE_TABLE", "EXECUTE", "MODIFY", "READ_VOLUME", "SELECT", "USE_CATALOG", "USE_SCHEMA",
    "WRITE_VOLUME",
  ]
}

resource "databricks_grant" "events" {
  for_each = var.pipeline_principals

  credential = databricks_credential.services.name
  principal  = each.key
  privileges = ["ACCESS"]
}

resource "databricks_grant" "catalog_analyst" {
  for_each = var.analyst_principals

  catalog    = databricks_catalog.this.name
  principal  = each.key
  privileges = ["USE_CATALOG"]
}

resource "databricks_grant" "gold_analyst" {
  for_each = var.analyst_principals

  schema     = databricks_schema.this["gold"].id
  principal  = each.key
  privileges = ["SELECT", "USE_SCHEMA"]
}
