# With private endpoints: a network for Databricks' clusters and for the endpoints of everything else.

locals {
  private = var.private_endpoints_enabled ? 1 : 0
  # Two quarters for clusters, a sixteenth for endpoints.
  databricks_subnets = var.private_endpoints_enabled ? {
    host      = cidrsubnet(var.address_space, 2, 0)
    container = cidrsubnet(var.address_space, 2, 1)
  } : {}
}

resource "azurerm_virtual_network" "this" {
  count = local.private

  name                = "vnet-${local.stem}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  address_space       = [var.address_space]
  tags                = local.tags
}

resource "azurerm_subnet" "endpoints" {
  count = local.private

  name                            = "endpoints"
  resource_group_name             = azurerm_resource_group.this.name
  virtual_network_name            = azurerm_virtual_network.this[0].name
  address_prefixes                = [cidrsubnet(var.address_space, 4, 15)]
  default_outbound_access_enabled = false
}

resource "azurerm_subnet" "databricks" {
  for_each = local.databricks_subnets

  name                            = "databricks-${each.key}"
  resource_group_name             = azurerm_resource_group.this.name
  virtual_network_name            = azurerm_virtual_network.this[0].name
  address_prefixes                = [each.value]
  default_outbound_access_enabled = false

  delegation {
    name = "databricks"
    service_delegation {
      name = "Microsoft.Databricks/workspaces"
      actions = [
        "Microsoft.Network/virtualNetworks/subnets/join/action",
        "Microsoft.Network/virtualNetworks/subnets/prepareNetworkPolicies/action",
        "Microsoft.Network/virtualNetworks/subnets/unprepareNetworkPolicies/action",
      ]
    }
  }
}

# Databricks writes its own rules into it.
resource "azurerm_network_security_group" "this" {
  count = local.private

  name                = "nsg-${local.stem}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags

  lifecycle {
    ignore_changes = [security_rule]
  }
}

resource "azurerm_subnet_network_security_group_association" "databricks" {
  for_each = azurerm_subnet.databricks

  subnet_id                 = each.value.id
  network_security_group_id = azurerm_network_security_group.this[0].id
}

resource "azurerm_subnet_network_security_group_association" "endpoints" {
  count = local.private

  subnet_id                 = azurerm_subnet.endpoints[0].id
  network_security_group_id = azurerm_network_security_group.this[0].id
}

# Clusters have no addresses of their own: this is their way out, to Databricks itself and to package registries.
resource "azurerm_public_ip" "nat" {
  count = local.private

  name                = "pip-${local.stem}-nat"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  allocation_method   = "Static"
  sku                 = "Standard"
  tags                = local.tags
}

resource "azurerm_nat_gateway" "this" {
  count = local.private

  name                = "ng-${local.stem}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags
}

resource "azurerm_nat_gateway_public_ip_association" "this" {
  count = local.private

  nat_gateway_id       = azurerm_nat_gateway.this[0].id
  public_ip_address_id = azurerm_public_ip.nat[0].id
}

resource "azurerm_subnet_nat_gateway_association" "databricks" {
  for_each = azurerm_subnet.databricks

  subnet_id      = each.value.id
  nat_gateway_id = azurerm_nat_gateway.this[0].id
}
