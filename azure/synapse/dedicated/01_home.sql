-- What stays from load to load, by an administrator, once. Made from the contracts by `shoplake warehouse render`; don't edit.

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'gold') EXEC('CREATE SCHEMA gold')
GO

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'gold_a') EXEC('CREATE SCHEMA gold_a')
GO

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'gold_b') EXEC('CREATE SCHEMA gold_b')
GO

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'stage') EXEC('CREATE SCHEMA stage')
GO

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'shoplake') EXEC('CREATE SCHEMA shoplake')
GO

IF OBJECT_ID('shoplake.publication') IS NULL CREATE TABLE shoplake.publication (number bigint NOT NULL, run_id nvarchar(100) NOT NULL, published_at nvarchar(40) NOT NULL, as_of date NOT NULL, layout nvarchar(max) NOT NULL, slot nvarchar(10) NOT NULL) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

IF DATABASE_PRINCIPAL_ID('shoplake_loader') IS NULL CREATE ROLE shoplake_loader
GO

IF DATABASE_PRINCIPAL_ID('shoplake_analyst') IS NULL CREATE ROLE shoplake_analyst
GO

IF DATABASE_PRINCIPAL_ID('shoplake_shared') IS NULL CREATE ROLE shoplake_shared
GO

GRANT CREATE TABLE TO shoplake_loader
GO

GRANT CREATE VIEW TO shoplake_loader
GO

GRANT ADMINISTER DATABASE BULK OPERATIONS TO shoplake_loader
GO

GRANT CONTROL ON SCHEMA::gold TO shoplake_loader
GO

GRANT CONTROL ON SCHEMA::gold_a TO shoplake_loader
GO

GRANT CONTROL ON SCHEMA::gold_b TO shoplake_loader
GO

GRANT CONTROL ON SCHEMA::stage TO shoplake_loader
GO

GRANT CONTROL ON SCHEMA::shoplake TO shoplake_loader
GO

IF NOT EXISTS (SELECT 1 FROM sys.workload_management_workload_groups WHERE name = 'shoplake_load') CREATE WORKLOAD GROUP shoplake_load WITH (MIN_PERCENTAGE_RESOURCE = 0, CAP_PERCENTAGE_RESOURCE = 60, REQUEST_MIN_RESOURCE_GRANT_PERCENT = 20)
GO

IF NOT EXISTS (SELECT 1 FROM sys.workload_management_workload_classifiers WHERE name = 'shoplake_loads') CREATE WORKLOAD CLASSIFIER shoplake_loads WITH (WORKLOAD_GROUP = 'shoplake_load', MEMBERNAME = 'shoplake_loader', IMPORTANCE = BELOW_NORMAL)
GO
