-- The database and the way to the lake. Made from the contracts by `shoplake warehouse render`; don't edit.

IF DB_ID('shoplake') IS NULL CREATE DATABASE shoplake COLLATE Latin1_General_100_BIN2_UTF8
GO

USE shoplake
GO

IF NOT EXISTS (SELECT 1 FROM sys.symmetric_keys WHERE name = '##MS_DatabaseMasterKey##') CREATE MASTER KEY
GO

IF NOT EXISTS (SELECT 1 FROM sys.database_scoped_credentials WHERE name = 'shoplake_identity') CREATE DATABASE SCOPED CREDENTIAL shoplake_identity WITH IDENTITY = 'Managed Identity'
GO

IF NOT EXISTS (SELECT 1 FROM sys.external_data_sources WHERE name = 'shoplake_lake') CREATE EXTERNAL DATA SOURCE shoplake_lake WITH (LOCATION = 'abfss://lake@$(account).dfs.core.windows.net/shop', CREDENTIAL = shoplake_identity)
GO

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'gold') EXEC('CREATE SCHEMA gold')
GO
