# Data Factory copies by its managed network, as itself; the copies' definitions are deployed from azure/adf.

resource "azurerm_data_factory" "this" {
  name                            = "adf-${local.stem}-${substr(local.short, -5, -1)}"
  resource_group_name             = azurerm_resource_group.this.name
  location                        = var.location
  managed_virtual_network_enabled = true
  public_network_enabled          = !var.private_endpoints_enabled
  tags                            = local.tags

  identity {
    type         = "SystemAssigned, UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.factory.id]
  }

  dynamic "github_configuration" {
    for_each = var.data_factory_git[*]
    content {
      account_name       = github_configuration.value.account_name
      repository_name    = github_configuration.value.repository_name
      branch_name        = github_configuration.value.branch_name
      root_folder        = github_configuration.value.root_folder
      publishing_enabled = false # a workflow deploys what main says
    }
  }

  lifecycle {
    ignore_changes = [global_parameter] # azure/adf deploys them
  }
}

# Databricks knows a service by its application id, which Azure tells of this kind of identity only. With the factory's own
# identity it would have to be Contributor, and so an administrator, of the workspace to start one job.
resource "azurerm_user_assigned_identity" "factory" {
  name                = "id-${local.stem}-factory"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags
}

resource "azurerm_data_factory_credential_user_managed_identity" "databricks" {
  name            = "cred_databricks"
  data_factory_id = azurerm_data_factory.this.id
  identity_id     = azurerm_user_assigned_identity.factory.id
  description     = "As whom the factory starts Databricks jobs."
}

# For SQL Servers of a shop's own: its nodes are installed where they can reach these. Without nodes it costs nothing.
resource "azurerm_data_factory_integration_runtime_self_hosted" "this" {
  name            = "ir_self_hosted"
  data_factory_id = azurerm_data_factory.this.id
}

# Under this name it takes the place of the default, so that no linked service has to name it.
resource "azurerm_data_factory_integration_runtime_azure" "this" {
  name                    = "AutoResolveIntegrationRuntime"
  data_factory_id         = azurerm_data_factory.this.id
  location                = "AutoResolve"
  virtual_network_enabled = true
}
