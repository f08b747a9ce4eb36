-- What stays from load to load. Made from the contracts by `shoplake warehouse render`; don't edit.

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'gold') EXEC('CREATE SCHEMA gold')
GO

IF NOT EXISTS (SELECT 1 FROM sys.schemas WHERE name = 'shoplake') EXEC('CREATE SCHEMA shoplake')
GO

IF OBJECT_ID('shoplake.publication') IS NULL CREATE TABLE shoplake.publication (number bigint NOT NULL, run_id varchar(100) NOT NULL, published_at varchar(40) NOT NULL, as_of date NOT NULL, layout varchar(max) NOT NULL, slot varchar(10) NOT NULL)
GO
