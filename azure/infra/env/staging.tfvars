env              = "staging"
replication      = "LRS"
soft_delete_days = 1
exports_days     = 3
# ci_subjects = { plan = "repo:<owner>/<name>:pull_request", deploy = "repo:<owner>/<name>:environment:staging" }
