# `terraform test -var-file=env/dev.tfvars`: what a plan holds, with the providers' answers made up. Nothing is asked of Azure.

mock_provider "azurerm" {
  mock_data "azurerm_client_config" {
    defaults = {
      subscription_id = "00000000-0000-0000-0000-000000000001"
      tenant_id       = "00000000-0000-0000-0000-000000000002"
      object_id       = "00000000-0000-0000-0000-000000000003"
    }
  }

  mock_resource "azurerm_synapse_workspace" {
    defaults = {
      connectivity_endpoints = { sql = "sql.example.com", sqlOnDemand = "serverless.example.com" }
    }
  }
}

mock_provider "databricks" {}

run "as_declared" {
  command = plan

  assert {
    condition     = output.lake_uri == "abfss://lake@${output.storage_account_name}.dfs.core.windows.net/shop"
    error_message = "The lake's root is not what shoplake expects."
  }

  assert {
    condition     = output.catalog_name == "shoplake_${var.env}"
    error_message = "The catalog is not what the bundle expects."
  }

  assert {
    condition     = can(regex("^[a-z0-9]{3,24}$", output.storage_account_name))
    error_message = "No storage account can have that name."
  }

  assert {
    condition     = length(azurerm_key_vault.this.name) <= 24
    error_message = "No vault can have that name."
  }

  assert {
    condition     = !azurerm_storage_account.lake.shared_access_key_enabled && !azurerm_storage_account.lake.allow_nested_items_to_be_public
    error_message = "The lake must be opened by Entra's tokens alone."
  }

  assert {
    condition = alltrue(flatten([
      for rule in azurerm_storage_management_policy.lake.rule : [
        for filter in rule.filters : [
          for prefix in filter.prefix_match : contains(["lake/shop/raw/", "lake/shop/exports/"], prefix)
        ]
      ]
    ]))
    error_message = "A lifecycle rule reaches beyond raw files and exports."
  }

  assert {
    condition     = length(azurerm_synapse_sql_pool.this) == 0 && output.synapse_dedicated_endpoint == ""
    error_message = "Nobody asked for a dedicated pool."
  }

  assert {
    condition     = length(azurerm_private_endpoint.this) == 0 && length(azurerm_virtual_network.this) == 0
    error_message = "Nobody asked for private endpoints."
  }
}

run "private" {
  command = plan

  variables {
    private_endpoints_enabled = true
    client_ip_addresses       = ["192.0.2.1"]
  }

  assert {
    condition = !anytrue([
      azurerm_storage_account.lake.public_network_access_enabled,
      azurerm_key_vault.this.public_network_access_enabled,
      azurerm_eventhub_namespace.this[0].public_network_access_enabled,
      azurerm_synapse_workspace.this.public_network_access_enabled,
      azurerm_data_factory.this.public_network_enabled,
    ])
    error_message = "A service is still open to the public."
  }

  assert {
    condition     = length(azurerm_private_endpoint.this) == 9 && length(azurerm_private_dns_zone.this) == 8
    error_message = "An endpoint or its zone is missing."
  }

  assert {
    condition     = length(azurerm_data_factory_managed_private_endpoint.this) == 5
    error_message = "Data Factory can't reach what it copies to."
  }

  assert {
    condition     = azurerm_subnet.databricks["host"].address_prefixes[0] == "10.42.0.0/22" && azurerm_subnet.endpoints[0].address_prefixes[0] == "10.42.15.0/24"
    error_message = "The subnets are not where they were."
  }

  assert {
    condition     = length(azurerm_synapse_firewall_rule.azure) + length(azurerm_synapse_firewall_rule.client) == 0
    error_message = "A closed workspace has no firewall rules."
  }
}

run "no_streams" {
  command = plan

  variables {
    event_hubs                = {}
    private_endpoints_enabled = true
  }

  assert {
    condition     = length(azurerm_eventhub_namespace.this) == 0 && output.event_hubs_namespace == ""
    error_message = "Nobody asked for event hubs."
  }

  assert {
    condition     = length(azurerm_private_endpoint.this) == 8 && !contains(keys(local.services), "databricks_reads_events")
    error_message = "Something still wants the namespace that isn't there."
  }
}

run "everything" {
  command = plan

  variables {
    dedicated_pool_enabled = true
    alert_emails           = ["somebody@example.com"]
    monthly_budget         = 300
    operators              = ["00000000-0000-0000-0000-000000000004"]
    pipeline_principals    = ["pipeline"]
    analyst_principals     = ["analysts"]
    client_ip_addresses    = ["192.0.2.1"]
    raw_archive_days       = 365
    replication            = "GRS"
    synapse_admin          = { login = "admins", object_id = "00000000-0000-0000-0000-000000000005" }
    data_factory_git       = { account_name = "owner", repository_name = "name" }
    ci_subjects            = { plan = "repo:owner/name:pull_request", deploy = "repo:owner/name:environment:production" }
  }

  assert {
    condition     = azurerm_role_assignment.ci["plan"].role_definition_name == "Reader"
    error_message = "A pull request must not change anything."
  }

  assert {
    condition     = length(azurerm_role_assignment.ci_gives_roles) == 1 && contains(keys(local.services), "deploy_writes_lake")
    error_message = "A deployment can't give services their roles, or can't try them."
  }

  assert {
    condition     = length(databricks_grant.pipeline) == 2
    error_message = "The pipeline and who deploys it must have the catalog."
  }

  assert {
    condition = alltrue([
      contains(databricks_grant.pipeline["ci_deploy"].privileges, "MANAGE"),
      contains(databricks_grant.lake["ci_deploy"].privileges, "MANAGE"),
      contains(databricks_grant.events["ci_deploy"].privileges, "MANAGE"),
      contains(databricks_grant.deployer_storage["ci_deploy"].privileges, "MANAGE"),
      contains(databricks_grant.deployer_unity["ci_deploy"].privileges, "MANAGE"),
      !contains(databricks_grant.pipeline["pipeline"].privileges, "MANAGE"),
    ])
    error_message = "Who deploys must see and change what a person made first, and nobody else."
  }

  assert {
    condition     = length(databricks_service_principal.ci) == 2
    error_message = "Who plans must be known to the workspace, or can't validate the bundle."
  }

  assert {
    condition     = endswith(azurerm_consumption_budget_resource_group.this[0].time_period[0].start_date, "-01T00:00:00Z")
    error_message = "A budget starts with a month."
  }

  assert {
    condition     = length(azurerm_consumption_budget_resource_group.this[0].notification) == 3
    error_message = "A budget warns three times."
  }
}

run "refused" {
  command = plan

  variables {
    prefix           = "Shop-Lake"
    location         = "westeurope"
    replication      = "ABC"
    soft_delete_days = 0
    monthly_budget   = 1
    address_space    = "10.42.0.0/24"
    ci_subjects      = { admin = "repo:owner/name" }
  }

  expect_failures = [
    var.prefix, var.replication, var.soft_delete_days, var.monthly_budget, var.address_space,
    var.ci_subjects,
  ]
}

run "no_admin_by_chance" {
  command = plan

  variables {
    ci_subjects = { deploy = "repo:owner/name:environment:staging" }
  }

  expect_failures = [var.ci_subjects]
}

run "too_soon_for_the_archive" {
  command = plan

  variables {
    replication      = "GRS"
    raw_archive_days = 31
  }

  expect_failures = [var.raw_archive_days]
}

run "no_archive_in_zones" {
  command = plan

  variables {
    replication      = "GZRS"
    raw_archive_days = 365
  }

  expect_failures = [var.raw_archive_days]
}
