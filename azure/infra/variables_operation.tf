# Network

variable "private_endpoints_enabled" {
  description = "Whether storage, Key Vault, Event Hubs, Synapse and Data Factory are closed to the public and reached by private endpoints."
  type        = bool
  default     = false
}

variable "address_space" {
  description = "Addresses of the virtual network, a /20 or larger; used with private endpoints only."
  type        = string
  default     = "10.42.0.0/20"

  validation {
    condition     = can(cidrsubnet(var.address_space, 4, 15)) ? tonumber(split("/", var.address_space)[1]) <= 20 : false
    error_message = "The address space must be a network such as 10.42.0.0/20, at least that large: Databricks takes two of its quarters."
  }
}

variable "client_ip_addresses" {
  description = "Addresses that may reach Synapse's SQL from outside of Azure, where it isn't private."
  type        = set(string)
  default     = []
}

# Operation

variable "log_retention_days" {
  description = "How long logs are kept; 30 days cost nothing beyond their arrival."
  type        = number
  default     = 30

  validation {
    condition     = var.log_retention_days >= 30 && var.log_retention_days <= 730
    error_message = "Logs are kept for 30 to 730 days."
  }
}

variable "log_daily_gb" {
  description = "Gigabytes a day after which no more logs are taken, so that a mistake can't cost much; -1: no limit."
  type        = number
  default     = 1
}

variable "alert_emails" {
  description = "Who is told of failed pipelines and of the budget."
  type        = set(string)
  default     = []
}

variable "monthly_budget" {
  description = "Warn at half, at nine tenths and at the forecast of this much a month, in the subscription's currency; null: never."
  type        = number
  default     = null

  validation {
    condition     = var.monthly_budget == null || length(var.alert_emails) > 0
    error_message = "A budget without alert_emails warns nobody."
  }
}

variable "ci_subjects" {
  description = "Who may act without a stored secret: `plan` (reads) and `deploy` (changes), each with the subject of its token, such as repo:owner/name:environment:production."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.ci_subjects), ["plan", "deploy"])) == 0
    error_message = "There are two such identities: plan and deploy."
  }

  validation {
    condition     = length(var.ci_subjects) == 0 || var.synapse_admin != null
    error_message = "With ci_subjects say who is synapse_admin: else each deployment by another makes itself the administrator."
  }
}

variable "ci_issuer" {
  description = "Who signs those tokens; of Azure DevOps it is https://vstoken.dev.azure.com/<organisation id>."
  type        = string
  default     = "https://token.actions.githubusercontent.com"
}
