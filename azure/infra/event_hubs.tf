# Streams of a shop. The standard tier is the least that speaks Kafka; without hubs there is no namespace to pay for.

locals {
  streams = length(var.event_hubs) > 0 ? 1 : 0
}

resource "azurerm_eventhub_namespace" "this" {
  count = local.streams

  name                          = "evhns-${local.stem}-${substr(local.short, -5, -1)}"
  resource_group_name           = azurerm_resource_group.this.name
  location                      = var.location
  sku                           = "Standard"
  capacity                      = 1
  auto_inflate_enabled          = var.event_hubs_maximum_units > 1
  maximum_throughput_units      = var.event_hubs_maximum_units > 1 ? var.event_hubs_maximum_units : null
  local_authentication_enabled  = false
  minimum_tls_version           = "1.2"
  public_network_access_enabled = !var.private_endpoints_enabled
  tags                          = local.tags
}

resource "azurerm_eventhub" "this" {
  for_each = var.event_hubs

  name            = each.key
  namespace_id    = azurerm_eventhub_namespace.this[0].id
  partition_count = each.value.partition_count

  retention_description {
    cleanup_policy          = "Delete"
    retention_time_in_hours = each.value.retention_hours
  }
}

resource "azurerm_eventhub_consumer_group" "shoplake" {
  for_each = azurerm_eventhub.this

  name                = "shoplake"
  eventhub_name       = each.value.name
  namespace_name      = azurerm_eventhub_namespace.this[0].name
  resource_group_name = azurerm_resource_group.this.name
}
