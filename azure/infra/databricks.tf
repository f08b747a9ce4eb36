resource "azurerm_databricks_workspace" "this" {
  name                                  = "dbw-${local.stem}"
  resource_group_name                   = azurerm_resource_group.this.name
  location                              = var.location
  sku                                   = "premium" # Unity Catalog and permissions on jobs want it
  managed_resource_group_name           = "rg-${local.stem}-databricks"
  network_security_group_rules_required = var.private_endpoints_enabled ? "AllRules" : null
  tags                                  = local.tags

  custom_parameters {
    no_public_ip                                         = true
    storage_account_sku_name                             = "Standard_LRS"
    virtual_network_id                                   = one(azurerm_virtual_network.this[*].id)
    public_subnet_name                                   = try(azurerm_subnet.databricks["host"].name, null)
    private_subnet_name                                  = try(azurerm_subnet.databricks["container"].name, null)
    public_subnet_network_security_group_association_id  = try(azurerm_subnet_network_security_group_association.databricks["host"].id, null)
    private_subnet_network_security_group_association_id = try(azurerm_subnet_network_security_group_association.databricks["container"].id, null)
  }
}

# As whom Unity Catalog opens the lake.
resource "azurerm_databricks_access_connector" "this" {
  name                = "dbac-${local.stem}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags

  identity {
    type = "SystemAssigned"
  }
}

# May start the jobs whose permissions name it (azure/databricks), and nothing else.
resource "databricks_service_principal" "factory" {
  application_id = azurerm_user_assigned_identity.factory.client_id
  display_name   = azurerm_user_assigned_identity.factory.name
}

# `deploy` brings the bundle; `plan` has to be known to validate it, and may nothing here.
resource "databricks_service_principal" "ci" {
  for_each = azurerm_user_assigned_identity.ci

  application_id = each.value.client_id
  display_name   = each.value.name
}
