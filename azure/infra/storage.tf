# The lake. Entra's tokens are the only way in: no account keys, no signatures made from them.
# An account with a hierarchical namespace has no versions of blobs; Delta's own history and soft delete stand in.

resource "azurerm_storage_account" "lake" {
  name                             = "st${local.short}"
  resource_group_name              = azurerm_resource_group.this.name
  location                         = var.location
  account_kind                     = "StorageV2"
  account_tier                     = "Standard"
  account_replication_type         = var.replication
  is_hns_enabled                   = true
  min_tls_version                  = "TLS1_2"
  https_traffic_only_enabled       = true
  shared_access_key_enabled        = false
  default_to_oauth_authentication  = true
  local_user_enabled               = false
  allow_nested_items_to_be_public  = false
  cross_tenant_replication_enabled = false
  public_network_access_enabled    = !var.private_endpoints_enabled
  tags                             = local.tags

  blob_properties {
    delete_retention_policy {
      days = var.soft_delete_days
    }
    container_delete_retention_policy {
      days = var.soft_delete_days
    }
  }

  network_rules {
    default_action = var.private_endpoints_enabled ? "Deny" : "Allow"
    bypass         = ["AzureServices"]

    # Unity Catalog and serverless SQL come from Microsoft's network, not from ours.
    dynamic "private_link_access" {
      for_each = var.private_endpoints_enabled ? [azurerm_databricks_access_connector.this.id, local.synapse_id] : []
      content {
        endpoint_resource_id = private_link_access.value
        endpoint_tenant_id   = data.azurerm_client_config.current.tenant_id
      }
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

# `lake` is the lake's root; `unity` holds what Unity Catalog manages, which nobody else touches; Synapse wants one of its own.
resource "azurerm_storage_container" "this" {
  for_each = toset(["lake", "unity", "synapse"])

  name                  = each.key
  storage_account_id    = azurerm_storage_account.lake.id
  container_access_type = "private"

  lifecycle {
    prevent_destroy = true
  }
}

# Only raw files and exports: a Delta table whose old files went to the archive can't be read any more.
resource "azurerm_storage_management_policy" "lake" {
  storage_account_id = azurerm_storage_account.lake.id

  rule {
    name    = "raw-gets-cool"
    enabled = true
    filters {
      blob_types   = ["blockBlob"]
      prefix_match = ["lake/${var.lake_path}/raw/"]
    }
    actions {
      base_blob {
        tier_to_cool_after_days_since_modification_greater_than    = var.raw_cool_days
        tier_to_archive_after_days_since_modification_greater_than = var.raw_archive_days
      }
    }
  }

  rule {
    name    = "exports-go"
    enabled = true
    filters {
      blob_types   = ["blockBlob"]
      prefix_match = ["lake/${var.lake_path}/exports/"]
    }
    actions {
      base_blob {
        delete_after_days_since_modification_greater_than = var.exports_days
      }
    }
  }
}
