# Who may do what: each service what it needs, on the part that it needs.

locals {
  factory = azurerm_data_factory.this.identity[0].principal_id
  unity   = azurerm_databricks_access_connector.this.identity[0].principal_id
  synapse = azurerm_synapse_workspace.this.identity[0].principal_id
  lake    = azurerm_storage_container.this["lake"].id
  services = merge({
    factory_writes_lake      = { who = local.factory, role = "Storage Blob Data Contributor", on = local.lake }
    factory_reads_secrets    = { who = local.factory, role = "Key Vault Secrets User", on = azurerm_key_vault.this.id }
    databricks_writes_lake   = { who = local.unity, role = "Storage Blob Data Contributor", on = local.lake }
    databricks_writes_tables = { who = local.unity, role = "Storage Blob Data Contributor", on = azurerm_storage_container.this["unity"].id }
    databricks_lends_access  = { who = local.unity, role = "Storage Blob Delegator", on = azurerm_storage_account.lake.id }
    synapse_reads_lake       = { who = local.synapse, role = "Storage Blob Data Reader", on = local.lake }
    synapse_writes_its_own   = { who = local.synapse, role = "Storage Blob Data Contributor", on = azurerm_storage_container.this["synapse"].id }
    }, {
    for each in azurerm_eventhub_namespace.this : "databricks_reads_events" => { who = local.unity, role = "Azure Event Hubs Data Receiver", on = each.id }
    }, {
    for name, ci in azurerm_user_assigned_identity.ci : "${name}_writes_lake" => { who = ci.principal_id, role = "Storage Blob Data Contributor", on = local.lake } if name == "deploy"
  })
}

resource "azurerm_role_assignment" "service" {
  for_each = local.services

  scope                = each.value.on
  role_definition_name = each.value.role
  principal_id         = each.value.who
  principal_type       = "ServicePrincipal"
}

resource "azurerm_role_assignment" "operator_lake" {
  for_each = var.operators

  scope                = local.lake
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = each.key
}

resource "azurerm_role_assignment" "operator_secrets" {
  for_each = var.operators

  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets Officer"
  principal_id         = each.key
}
