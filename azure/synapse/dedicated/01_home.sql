-- What stays from load to load. Made from the contracts by `shoplake warehouse render`; don't edit.

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
