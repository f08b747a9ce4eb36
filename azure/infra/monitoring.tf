# Every service's logs in one workspace, and a word to somebody when a pipeline fails.

resource "azurerm_log_analytics_workspace" "this" {
  name                         = "log-${local.stem}"
  resource_group_name          = azurerm_resource_group.this.name
  location                     = var.location
  sku                          = "PerGB2018"
  retention_in_days            = var.log_retention_days
  daily_quota_gb               = var.log_daily_gb
  local_authentication_enabled = false
  tags                         = local.tags
}

locals {
  # Of storage only who changed something: reads are most of the lines, and of the bill.
  watched = merge({
    storage      = { id = "${azurerm_storage_account.lake.id}/blobServices/default", logs = ["StorageWrite", "StorageDelete"] }
    key_vault    = { id = azurerm_key_vault.this.id, logs = [] }
    data_factory = { id = azurerm_data_factory.this.id, logs = [] }
    databricks   = { id = azurerm_databricks_workspace.this.id, logs = [] }
    synapse      = { id = azurerm_synapse_workspace.this.id, logs = [] }
    }, { for each in azurerm_eventhub_namespace.this : "event_hubs" => { id = each.id, logs = [] } },
    var.dedicated_pool_enabled ? {
      dedicated_pool = { id = azurerm_synapse_sql_pool.this[0].id, logs = [] }
  } : {})
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  for_each = local.watched

  name                           = "to-log-analytics"
  target_resource_id             = each.value.id
  log_analytics_workspace_id     = azurerm_log_analytics_workspace.this.id
  log_analytics_destination_type = each.key == "data_factory" ? "Dedicated" : null

  dynamic "enabled_log" {
    for_each = each.value.logs
    content {
      category = enabled_log.value
    }
  }

  dynamic "enabled_log" {
    for_each = length(each.value.logs) == 0 ? ["allLogs"] : []
    content {
      category_group = enabled_log.value
    }
  }
}

resource "azurerm_monitor_action_group" "this" {
  count = length(var.alert_emails) > 0 ? 1 : 0

  name                = "ag-${local.stem}"
  resource_group_name = azurerm_resource_group.this.name
  short_name          = var.prefix
  tags                = local.tags

  dynamic "email_receiver" {
    for_each = var.alert_emails
    content {
      name                    = email_receiver.value
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_metric_alert" "pipeline_failed" {
  count = length(var.alert_emails) > 0 ? 1 : 0

  name                = "alert-${local.stem}-pipeline-failed"
  resource_group_name = azurerm_resource_group.this.name
  scopes              = [azurerm_data_factory.this.id]
  description         = "A pipeline of Data Factory failed."
  severity            = 1
  frequency           = "PT5M"
  window_size         = "PT15M"
  tags                = local.tags

  criteria {
    metric_namespace = "Microsoft.DataFactory/factories"
    metric_name      = "PipelineFailedRuns"
    aggregation      = "Total"
    operator         = "GreaterThan"
    threshold        = 0
  }

  action {
    action_group_id = azurerm_monitor_action_group.this[0].id
  }
}

resource "azurerm_consumption_budget_resource_group" "this" {
  count = var.monthly_budget == null ? 0 : 1

  name              = "budget-${local.stem}"
  resource_group_id = azurerm_resource_group.this.id
  amount            = var.monthly_budget
  time_grain        = "Monthly"

  time_period {
    start_date = formatdate("YYYY-MM-'01T00:00:00Z'", plantimestamp()) # of the month in which it is made
  }

  dynamic "notification" {
    for_each = { half = [50, "Actual"], nearly = [90, "Actual"], forecast = [100, "Forecasted"] }
    content {
      operator       = "GreaterThanOrEqualTo"
      threshold      = notification.value[0]
      threshold_type = notification.value[1]
      contact_emails = var.alert_emails
    }
  }

  lifecycle {
    ignore_changes = [time_period]
  }
}
