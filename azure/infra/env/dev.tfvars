env              = "dev"
replication      = "LRS"
soft_delete_days = 1
exports_days     = 3
