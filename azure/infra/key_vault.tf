# The sources' secrets: what Azure's own services need of each other goes without one.
resource "azurerm_key_vault" "this" {
  name                          = "kv${local.short}"
  resource_group_name           = azurerm_resource_group.this.name
  location                      = var.location
  tenant_id                     = data.azurerm_client_config.current.tenant_id
  sku_name                      = "standard"
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true # can't be turned off again; a deleted vault keeps its name until it is purged
  soft_delete_retention_days    = 7
  public_network_access_enabled = !var.private_endpoints_enabled
  tags                          = local.tags

  network_acls {
    default_action = var.private_endpoints_enabled ? "Deny" : "Allow"
    bypass         = "AzureServices"
  }

  lifecycle {
    prevent_destroy = true
  }
}
