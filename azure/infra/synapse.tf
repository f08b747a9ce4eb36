# Synapse: serverless SQL, which costs by what a query reads, and a dedicated pool where it is wanted.

locals {
  synapse_name = "syn-${local.stem}-${substr(local.short, -5, -1)}"
  # Written out, since the storage account names the workspace, and the workspace the account.
  synapse_id = "${azurerm_resource_group.this.id}/providers/Microsoft.Synapse/workspaces/${local.synapse_name}"
}

resource "azurerm_synapse_workspace" "this" {
  name                                 = local.synapse_name
  resource_group_name                  = azurerm_resource_group.this.name
  location                             = var.location
  storage_data_lake_gen2_filesystem_id = "https://${local.lake_host}/${azurerm_storage_container.this["synapse"].name}"
  managed_resource_group_name          = "rg-${local.stem}-synapse"
  managed_virtual_network_enabled      = true
  public_network_access_enabled        = !var.private_endpoints_enabled
  azuread_authentication_only          = true           # no SQL login has a password that could leak
  sql_administrator_login              = "sqladminuser" # what Azure would call it: unsaid, each plan would see a difference
  tags                                 = local.tags

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_synapse_workspace_aad_admin" "this" {
  synapse_workspace_id = azurerm_synapse_workspace.this.id
  tenant_id            = data.azurerm_client_config.current.tenant_id
  login                = var.synapse_admin == null ? "deployer" : var.synapse_admin.login
  object_id            = var.synapse_admin == null ? data.azurerm_client_config.current.object_id : var.synapse_admin.object_id
}

# Who asked what of the SQL pools goes to Log Analytics, with the logs of monitoring.tf.
resource "azurerm_synapse_workspace_extended_auditing_policy" "this" {
  synapse_workspace_id   = azurerm_synapse_workspace.this.id
  log_monitoring_enabled = true
}

resource "azurerm_synapse_firewall_rule" "azure" {
  count = var.private_endpoints_enabled ? 0 : 1

  name                 = "AllowAllWindowsAzureIps" # the name that stands for Azure's own services
  synapse_workspace_id = azurerm_synapse_workspace.this.id
  start_ip_address     = "0.0.0.0"
  end_ip_address       = "0.0.0.0"
}

resource "azurerm_synapse_firewall_rule" "client" {
  for_each = var.private_endpoints_enabled ? [] : var.client_ip_addresses

  name                 = "client-${replace(each.key, ".", "-")}"
  synapse_workspace_id = azurerm_synapse_workspace.this.id
  start_ip_address     = each.key
  end_ip_address       = each.key
}

# It starts awake, and Terraform can't put it to sleep: `shoplake azure deploy` does when it was made, and the factory may
# after each load, for which it has the role below. Asleep it costs only its storage; Terraform sees no difference.
resource "azurerm_synapse_sql_pool" "this" {
  count = var.dedicated_pool_enabled ? 1 : 0

  name                      = var.prefix
  synapse_workspace_id      = azurerm_synapse_workspace.this.id
  sku_name                  = var.dedicated_pool_sku
  create_mode               = "Default"
  storage_account_type      = "LRS" # a projection of gold: it is loaded anew, not restored
  geo_backup_policy_enabled = false
  data_encrypted            = true
  tags                      = local.tags
}

resource "azurerm_role_definition" "pool_operator" {
  count = var.dedicated_pool_enabled ? 1 : 0

  name        = "${local.stem} pool operator"
  description = "Wakes the dedicated SQL pool and puts it to sleep."
  scope       = azurerm_resource_group.this.id

  permissions {
    actions = [
      "Microsoft.Synapse/workspaces/sqlPools/read",
      "Microsoft.Synapse/workspaces/sqlPools/pause/action",
      "Microsoft.Synapse/workspaces/sqlPools/resume/action",
    ]
  }
}

resource "azurerm_role_assignment" "pool_operator" {
  count = var.dedicated_pool_enabled ? 1 : 0

  scope              = azurerm_synapse_sql_pool.this[0].id
  role_definition_id = azurerm_role_definition.pool_operator[0].role_definition_resource_id
  principal_id       = azurerm_data_factory.this.identity[0].principal_id
  principal_type     = "ServicePrincipal"
}
