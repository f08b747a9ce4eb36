# What the bundle (azure/databricks), Data Factory (azure/adf) and `shoplake azure` take from here.

output "resource_group_name" {
  description = "Where everything is."
  value       = azurerm_resource_group.this.name
}

output "storage_account_name" {
  description = "The lake's storage account."
  value       = azurerm_storage_account.lake.name
}

output "lake_uri" {
  description = "The lake's root: `data` of shoplake.toml, or SHOPLAKE_DATA."
  value       = local.lake_uri
}

output "lake_path" {
  description = "The lake's folder in its container: Data Factory's `lakeFolder`."
  value       = var.lake_path
}

output "data_factory_name" {
  description = "The factory that azure/adf is deployed to."
  value       = azurerm_data_factory.this.name
}

output "data_factory_client_id" {
  description = "As whom the factory starts jobs: the bundle lets it."
  value       = azurerm_user_assigned_identity.factory.client_id
}

output "databricks_host" {
  description = "Address of the Databricks workspace."
  value       = "https://${azurerm_databricks_workspace.this.workspace_url}"
}

output "databricks_workspace_id" {
  description = "Azure's resource id of the Databricks workspace."
  value       = azurerm_databricks_workspace.this.id
}

output "access_connector_id" {
  description = "As whom Unity Catalog opens the lake."
  value       = azurerm_databricks_access_connector.this.id
}

output "storage_credential_name" {
  description = "Unity Catalog's name for it."
  value       = databricks_storage_credential.this.name
}

output "catalog_name" {
  description = "Unity Catalog's catalog: `catalog` of shoplake.toml."
  value       = databricks_catalog.this.name
}

output "synapse_workspace_name" {
  description = "The Synapse workspace."
  value       = azurerm_synapse_workspace.this.name
}

output "synapse_serverless_endpoint" {
  description = "Server of serverless SQL."
  value       = azurerm_synapse_workspace.this.connectivity_endpoints["sqlOnDemand"]
}

output "synapse_pool_name" {
  description = "The dedicated SQL pool; empty without one."
  value       = var.dedicated_pool_enabled ? azurerm_synapse_sql_pool.this[0].name : ""
}

output "synapse_dedicated_endpoint" {
  description = "Server of the dedicated SQL pool; empty without one."
  value       = var.dedicated_pool_enabled ? azurerm_synapse_workspace.this.connectivity_endpoints["sql"] : ""
}

output "key_vault_uri" {
  description = "The vault with the sources' secrets."
  value       = azurerm_key_vault.this.vault_uri
}

output "event_hubs_namespace" {
  description = "The Event Hubs namespace, empty without hubs; Kafka's bootstrap server is <namespace>.servicebus.windows.net:9093."
  value       = local.streams == 1 ? azurerm_eventhub_namespace.this[0].name : ""
}

output "log_analytics_workspace_id" {
  description = "Azure's resource id of the workspace with all logs."
  value       = azurerm_log_analytics_workspace.this.id
}

output "run_as" {
  description = "As whom the bundle's job runs in staging and prod, if nothing else is said: who deploys; empty without."
  value       = try(azurerm_user_assigned_identity.ci["deploy"].client_id, "")
}

output "ci_plan_client_id" {
  description = "AZURE_CLIENT_ID of workflows that only look; empty without."
  value       = try(azurerm_user_assigned_identity.ci["plan"].client_id, "")
}

output "ci_deploy_client_id" {
  description = "AZURE_CLIENT_ID of workflows that deploy; empty without."
  value       = try(azurerm_user_assigned_identity.ci["deploy"].client_id, "")
}
