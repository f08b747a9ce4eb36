# Names and what everything stands in.

data "azurerm_client_config" "current" {}

locals {
  stem = "${var.prefix}-${var.env}"
  # Names of accounts and vaults are the whole world's; the hash keeps two subscriptions apart.
  short = "${var.prefix}${var.env}${substr(sha1("${data.azurerm_client_config.current.subscription_id}/${local.stem}"), 0, 5)}"
  tags  = merge(var.tags, { project = var.prefix, env = var.env })

  lake_host = "${azurerm_storage_account.lake.name}.dfs.core.windows.net"
  lake_uri  = "abfss://lake@${local.lake_host}/${var.lake_path}"
}

resource "azurerm_resource_group" "this" {
  name     = "rg-${local.stem}"
  location = var.location
  tags     = local.tags
}
