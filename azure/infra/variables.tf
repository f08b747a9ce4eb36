variable "subscription_id" {
  description = "Where everything is made; by default the one of ARM_SUBSCRIPTION_ID."
  type        = string
  default     = null
}

variable "prefix" {
  description = "Short name of the deployment, the beginning of every name."
  type        = string
  default     = "shoplake"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,9}$", var.prefix))
    error_message = "The prefix must be 2 to 10 lower-case letters and digits, a letter first: names of storage accounts have no room for more."
  }
}

variable "env" {
  description = "Environment: dev, staging or prod."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.env)
    error_message = "The environment must be dev, staging or prod."
  }
}

variable "location" {
  description = "Region of Azure."
  type        = string
  default     = "westeurope"
}

variable "tags" {
  description = "Tags of every resource, beside `project` and `env`."
  type        = map(string)
  default     = {}
}

variable "operators" {
  description = "Object ids of people or groups who upload raw files and keep secrets: Owner alone gives no access to data."
  type        = set(string)
  default     = []
}

# Storage

variable "lake_path" {
  description = "The shop's folder in the container `lake`."
  type        = string
  default     = "shop"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9_-]*$", var.lake_path))
    error_message = "The path must be one folder of lower-case letters, digits, - and _."
  }
}

variable "replication" {
  description = "How often the lake is kept: LRS (three copies in one building) to RAGZRS (also in another region)."
  type        = string
  default     = "ZRS"

  validation {
    condition     = contains(["LRS", "ZRS", "GRS", "RAGRS", "GZRS", "RAGZRS"], var.replication)
    error_message = "The replication must be LRS, ZRS, GRS, RAGRS, GZRS or RAGZRS."
  }
}

variable "soft_delete_days" {
  description = "How long deleted files can be brought back; so long an erased person's files stay, too."
  type        = number
  default     = 7

  validation {
    condition     = var.soft_delete_days >= 1 && var.soft_delete_days <= 365
    error_message = "Soft-deleted files are kept for 1 to 365 days."
  }
}

variable "raw_cool_days" {
  description = "Days after which raw files go to the cool tier."
  type        = number
  default     = 30
}

variable "raw_archive_days" {
  description = "Days after which raw files go to the archive; null: never. A run that reads them again (`--reland`) must then bring them back first, which takes hours."
  type        = number
  default     = null

  validation {
    condition     = var.raw_archive_days == null ? true : var.raw_archive_days >= var.raw_cool_days + 30
    error_message = "Raw files must be cool for 30 days before the archive: what leaves the cool tier earlier is charged for them all the same."
  }

  validation {
    condition     = var.raw_archive_days == null || contains(["LRS", "GRS", "RAGRS"], var.replication)
    error_message = "Accounts whose replication is by zones (ZRS, GZRS, RAGZRS) have no archive."
  }
}

variable "exports_days" {
  description = "Days after which exported snapshots are deleted; a load makes what it lacks anew."
  type        = number
  default     = 14
}

# Services

variable "data_factory_git" {
  description = "GitHub repository that Data Factory's editor works on; null: none, the factory is deployed by a workflow alone."
  type = object({
    account_name    = string
    repository_name = string
    branch_name     = optional(string, "main")
    root_folder     = optional(string, "/azure/adf")
  })
  default = null
}

variable "synapse_admin" {
  description = "Who administers Synapse's SQL, best a group of Entra; null: whoever applies this."
  type        = object({ login = string, object_id = string })
  default     = null
}

variable "dedicated_pool_enabled" {
  description = "Whether there is a dedicated SQL pool beside serverless SQL. It costs by the hour unless paused: see docs/azure-costs.md."
  type        = bool
  default     = false
}

variable "dedicated_pool_sku" {
  description = "Size of the dedicated SQL pool."
  type        = string
  default     = "DW100c"

  validation {
    condition     = can(regex("^DW[1-9][0-9]*c$", var.dedicated_pool_sku))
    error_message = "The size must look like DW100c."
  }
}

variable "event_hubs" {
  description = "Event hubs by name; each is a Kafka topic too. None: no namespace either."
  type = map(object({
    partition_count = optional(number, 4)
    retention_hours = optional(number, 168)
  }))
  default = { shop-events = {} }

  validation {
    condition     = alltrue([for hub in var.event_hubs : hub.partition_count <= 32 && hub.retention_hours <= 168])
    error_message = "The standard tier has at most 32 partitions and 168 hours."
  }
}

variable "event_hubs_maximum_units" {
  description = "Throughput units that the namespace may grow to from one."
  type        = number
  default     = 4
}

variable "pipeline_principals" {
  description = "Who deploys the bundle and runs its job (groups, users' addresses, application ids): they read and write all of the catalog."
  type        = set(string)
  default     = []
}

variable "analyst_principals" {
  description = "Who may use the catalog, and what the bundle gives them in it: groups, users' addresses, application ids."
  type        = set(string)
  default     = []
}
