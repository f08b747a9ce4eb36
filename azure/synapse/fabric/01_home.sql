-- What stays from load to load, by an administrator, once. Made from the contracts by `shoplake warehouse render`; don't edit.

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'gold') EXEC('CREATE SCHEMA gold')
GO

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'shoplake') EXEC('CREATE SCHEMA shoplake')
GO

IF OBJECT_ID('shoplake.publication') IS NULL CREATE TABLE shoplake.publication (number bigint NOT NULL, run_id varchar(100) NOT NULL, published_at varchar(40) NOT NULL, as_of date NOT NULL, layout varchar(max) NOT NULL, slot varchar(10) NOT NULL)
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

GRANT CONTROL ON SCHEMA::shoplake TO shoplake_loader
GO
