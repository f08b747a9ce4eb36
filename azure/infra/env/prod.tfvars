env                = "prod"
replication        = "GZRS"
soft_delete_days   = 14
log_retention_days = 90
log_daily_gb       = 5
# alert_emails, monthly_budget, pipeline_principals, analyst_principals and ci_subjects are yours to say, here:
# a workflow knows no other file.
