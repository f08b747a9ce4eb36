locals {
  # `factory`: Data Factory's managed network needs an endpoint of its own; its owner must be told yes (README.md).
  endpoints = { for name, endpoint in {
    lake_dfs           = { id = azurerm_storage_account.lake.id, part = "dfs", zone = "privatelink.dfs.core.windows.net", factory = true }
    lake_blob          = { id = azurerm_storage_account.lake.id, part = "blob", zone = "privatelink.blob.core.windows.net", factory = true }
    key_vault          = { id = azurerm_key_vault.this.id, part = "vault", zone = "privatelink.vaultcore.azure.net", factory = true }
    event_hubs         = { id = one(azurerm_eventhub_namespace.this[*].id), part = "namespace", zone = "privatelink.servicebus.windows.net", factory = false }
    synapse_sql        = { id = azurerm_synapse_workspace.this.id, part = "Sql", zone = "privatelink.sql.azuresynapse.net", factory = true }
    synapse_serverless = { id = azurerm_synapse_workspace.this.id, part = "SqlOnDemand", zone = "privatelink.sql.azuresynapse.net", factory = true }
    synapse_dev        = { id = azurerm_synapse_workspace.this.id, part = "Dev", zone = "privatelink.dev.azuresynapse.net", factory = false }
    data_factory       = { id = azurerm_data_factory.this.id, part = "dataFactory", zone = "privatelink.datafactory.azure.net", factory = false }
    databricks         = { id = azurerm_databricks_workspace.this.id, part = "databricks_ui_api", zone = "privatelink.azuredatabricks.net", factory = false }
  } : name => endpoint if var.private_endpoints_enabled && (name != "event_hubs" || local.streams == 1) }
}

resource "azurerm_private_dns_zone" "this" {
  for_each = toset([for endpoint in local.endpoints : endpoint.zone])

  name                = each.key
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  for_each = azurerm_private_dns_zone.this

  name                  = "vnet-${local.stem}"
  resource_group_name   = azurerm_resource_group.this.name
  private_dns_zone_name = each.value.name
  virtual_network_id    = azurerm_virtual_network.this[0].id
  tags                  = local.tags
}

resource "azurerm_private_endpoint" "this" {
  for_each = local.endpoints

  name                = "pe-${local.stem}-${replace(each.key, "_", "-")}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  subnet_id           = azurerm_subnet.endpoints[0].id
  tags                = local.tags

  private_service_connection {
    name                           = each.key
    private_connection_resource_id = each.value.id
    subresource_names              = [each.value.part]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.this[each.value.zone].id]
  }
}

resource "azurerm_data_factory_managed_private_endpoint" "this" {
  for_each = { for name, endpoint in local.endpoints : name => endpoint if endpoint.factory }

  name               = replace(each.key, "_", "-")
  data_factory_id    = azurerm_data_factory.this.id
  target_resource_id = each.value.id
  subresource_name   = each.value.part
}
