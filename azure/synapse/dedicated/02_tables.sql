-- What a load makes aside, from the exported files of a state. Made from the contracts by `shoplake warehouse render`; don't edit.

IF OBJECT_ID('stage.customer_identity') IS NOT NULL DROP TABLE stage.[customer_identity]
GO

CREATE TABLE stage.[customer_identity] (
  [customer_key] bigint NOT NULL,
  [person_key] bigint NOT NULL,
  [rule] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [matched_customer_key] bigint NULL,
  [not_linked_by] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[customer_identity] ([customer_key] 1, [person_key] 2, [rule] 3, [matched_customer_key] 4, [not_linked_by] 5)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/customer_identity/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[customer_identity]
WITH (
  DISTRIBUTION = REPLICATE,
  HEAP
)
AS SELECT [customer_key], [person_key], [rule], [matched_customer_key], [not_linked_by] FROM stage.[customer_identity]
GO

DROP TABLE stage.[customer_identity]
GO

ALTER TABLE gold_a.[customer_identity] ADD CONSTRAINT [key_customer_identity] PRIMARY KEY NONCLUSTERED ([customer_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_customer_key] ON gold_a.[customer_identity] ([customer_key])
GO

CREATE STATISTICS [by_person_key] ON gold_a.[customer_identity] ([person_key])
GO

CREATE STATISTICS [by_matched_customer_key] ON gold_a.[customer_identity] ([matched_customer_key])
GO

IF OBJECT_ID('stage.dim_currency') IS NOT NULL DROP TABLE stage.[dim_currency]
GO

CREATE TABLE stage.[dim_currency] (
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [currency_name] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [decimal_places] int NOT NULL,
  [is_reporting] bit NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[dim_currency] ([currency] 1, [currency_name] 2, [decimal_places] 3, [is_reporting] 4)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_currency/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[dim_currency]
WITH (
  DISTRIBUTION = REPLICATE,
  HEAP
)
AS SELECT [currency], [currency_name], [decimal_places], [is_reporting] FROM stage.[dim_currency]
GO

DROP TABLE stage.[dim_currency]
GO

ALTER TABLE gold_a.[dim_currency] ADD CONSTRAINT [key_dim_currency] PRIMARY KEY NONCLUSTERED ([currency]) NOT ENFORCED
GO

CREATE STATISTICS [by_currency] ON gold_a.[dim_currency] ([currency])
GO

IF OBJECT_ID('stage.dim_customer') IS NOT NULL DROP TABLE stage.[dim_customer]
GO

CREATE TABLE stage.[dim_customer] (
  [customer_version_key] bigint NOT NULL,
  [customer_key] bigint NOT NULL,
  [source] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [customer_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [birth_date] date NULL,
  [gender] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [age_band] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [income_band] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [household_size] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [children_count] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [home_ownership] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [marital_status] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [country] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [region] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [city] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [valid_from] date NOT NULL,
  [valid_to] date NOT NULL,
  [is_current] bit NOT NULL,
  [is_inferred] bit NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[dim_customer] ([customer_version_key] 1, [customer_key] 2, [source] 3, [customer_id] 4, [birth_date] 5, [gender] 6, [age_band] 7, [income_band] 8, [household_size] 9, [children_count] 10, [home_ownership] 11, [marital_status] 12, [country] 13, [region] 14, [city] 15, [valid_from] 16, [valid_to] 17, [is_current] 18, [is_inferred] 19)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_customer/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[dim_customer]
WITH (
  DISTRIBUTION = REPLICATE,
  HEAP
)
AS SELECT [customer_version_key], [customer_key], [source], [customer_id], [birth_date], [gender], [age_band], [income_band], [household_size], [children_count], [home_ownership], [marital_status], [country], [region], [city], [valid_from], [valid_to], [is_current], [is_inferred] FROM stage.[dim_customer]
GO

DROP TABLE stage.[dim_customer]
GO

ALTER TABLE gold_a.[dim_customer] ADD CONSTRAINT [key_dim_customer] PRIMARY KEY NONCLUSTERED ([customer_version_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_customer_version_key] ON gold_a.[dim_customer] ([customer_version_key])
GO

CREATE STATISTICS [by_customer_key] ON gold_a.[dim_customer] ([customer_key])
GO

CREATE STATISTICS [by_source] ON gold_a.[dim_customer] ([source])
GO

CREATE STATISTICS [by_customer_id] ON gold_a.[dim_customer] ([customer_id])
GO

CREATE STATISTICS [by_birth_date] ON gold_a.[dim_customer] ([birth_date])
GO

IF OBJECT_ID('stage.dim_date') IS NOT NULL DROP TABLE stage.[dim_date]
GO

CREATE TABLE stage.[dim_date] (
  [date] date NOT NULL,
  [year] int NOT NULL,
  [quarter] int NOT NULL,
  [month] int NOT NULL,
  [month_name] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [year_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [year_quarter] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [day_of_month] int NOT NULL,
  [iso_year] int NOT NULL,
  [iso_week] int NOT NULL,
  [year_week] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [day_of_week] int NOT NULL,
  [day_name] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [is_weekend] bit NOT NULL,
  [fiscal_year] int NOT NULL,
  [fiscal_quarter] int NOT NULL,
  [fiscal_period] int NOT NULL,
  [fiscal_week] int NOT NULL,
  [is_holiday] bit NOT NULL,
  [holiday_names] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [relative_day] int NOT NULL,
  [relative_week] int NOT NULL,
  [relative_month] int NOT NULL,
  [relative_year] int NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[dim_date] ([date] 1, [year] 2, [quarter] 3, [month] 4, [month_name] 5, [year_month] 6, [year_quarter] 7, [day_of_month] 8, [iso_year] 9, [iso_week] 10, [year_week] 11, [day_of_week] 12, [day_name] 13, [is_weekend] 14, [fiscal_year] 15, [fiscal_quarter] 16, [fiscal_period] 17, [fiscal_week] 18, [is_holiday] 19, [holiday_names] 20, [relative_day] 21, [relative_week] 22, [relative_month] 23, [relative_year] 24)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_date/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[dim_date]
WITH (
  DISTRIBUTION = REPLICATE,
  HEAP
)
AS SELECT [date], [year], [quarter], [month], [month_name], [year_month], [year_quarter], [day_of_month], [iso_year], [iso_week], [year_week], [day_of_week], [day_name], [is_weekend], [fiscal_year], [fiscal_quarter], [fiscal_period], [fiscal_week], [is_holiday], [holiday_names], [relative_day], [relative_week], [relative_month], [relative_year] FROM stage.[dim_date]
GO

DROP TABLE stage.[dim_date]
GO

ALTER TABLE gold_a.[dim_date] ADD CONSTRAINT [key_dim_date] PRIMARY KEY NONCLUSTERED ([date]) NOT ENFORCED
GO

CREATE STATISTICS [by_year_month] ON gold_a.[dim_date] ([year_month])
GO

CREATE STATISTICS [by_day_of_month] ON gold_a.[dim_date] ([day_of_month])
GO

CREATE STATISTICS [by_relative_month] ON gold_a.[dim_date] ([relative_month])
GO

IF OBJECT_ID('stage.dim_product') IS NOT NULL DROP TABLE stage.[dim_product]
GO

CREATE TABLE stage.[dim_product] (
  [product_version_key] bigint NOT NULL,
  [product_key] bigint NOT NULL,
  [source] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [product_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [name] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [department] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [category] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [subcategory] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [brand] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [list_price] decimal(18,4) NULL,
  [unit_cost] decimal(18,4) NULL,
  [price_currency] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [valid_from] date NOT NULL,
  [valid_to] date NOT NULL,
  [is_current] bit NOT NULL,
  [is_inferred] bit NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[dim_product] ([product_version_key] 1, [product_key] 2, [source] 3, [product_id] 4, [name] 5, [department] 6, [category] 7, [subcategory] 8, [brand] 9, [list_price] 10, [unit_cost] 11, [price_currency] 12, [valid_from] 13, [valid_to] 14, [is_current] 15, [is_inferred] 16)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_product/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[dim_product]
WITH (
  DISTRIBUTION = REPLICATE,
  HEAP
)
AS SELECT [product_version_key], [product_key], [source], [product_id], [name], [department], [category], [subcategory], [brand], [list_price], [unit_cost], [price_currency], [valid_from], [valid_to], [is_current], [is_inferred] FROM stage.[dim_product]
GO

DROP TABLE stage.[dim_product]
GO

ALTER TABLE gold_a.[dim_product] ADD CONSTRAINT [key_dim_product] PRIMARY KEY NONCLUSTERED ([product_version_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_product_version_key] ON gold_a.[dim_product] ([product_version_key])
GO

CREATE STATISTICS [by_product_key] ON gold_a.[dim_product] ([product_key])
GO

CREATE STATISTICS [by_source] ON gold_a.[dim_product] ([source])
GO

CREATE STATISTICS [by_product_id] ON gold_a.[dim_product] ([product_id])
GO

IF OBJECT_ID('stage.dim_promotion') IS NOT NULL DROP TABLE stage.[dim_promotion]
GO

CREATE TABLE stage.[dim_promotion] (
  [promotion_key] bigint NOT NULL,
  [source] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [promotion_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [promotion_name] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [promotion_type] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [discount_rate] decimal(9,6) NULL,
  [starts_on] date NULL,
  [ends_on] date NULL,
  [is_inferred] bit NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[dim_promotion] ([promotion_key] 1, [source] 2, [promotion_id] 3, [promotion_name] 4, [promotion_type] 5, [discount_rate] 6, [starts_on] 7, [ends_on] 8, [is_inferred] 9)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_promotion/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[dim_promotion]
WITH (
  DISTRIBUTION = REPLICATE,
  HEAP
)
AS SELECT [promotion_key], [source], [promotion_id], [promotion_name], [promotion_type], [discount_rate], [starts_on], [ends_on], [is_inferred] FROM stage.[dim_promotion]
GO

DROP TABLE stage.[dim_promotion]
GO

ALTER TABLE gold_a.[dim_promotion] ADD CONSTRAINT [key_dim_promotion] PRIMARY KEY NONCLUSTERED ([promotion_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_promotion_key] ON gold_a.[dim_promotion] ([promotion_key])
GO

CREATE STATISTICS [by_source] ON gold_a.[dim_promotion] ([source])
GO

CREATE STATISTICS [by_promotion_id] ON gold_a.[dim_promotion] ([promotion_id])
GO

IF OBJECT_ID('stage.dim_store') IS NOT NULL DROP TABLE stage.[dim_store]
GO

CREATE TABLE stage.[dim_store] (
  [store_key] bigint NOT NULL,
  [source] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [store_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [store_name] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [store_country] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [store_region] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [store_city] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [store_time_zone] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [is_inferred] bit NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[dim_store] ([store_key] 1, [source] 2, [store_id] 3, [store_name] 4, [store_country] 5, [store_region] 6, [store_city] 7, [store_time_zone] 8, [is_inferred] 9)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_store/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[dim_store]
WITH (
  DISTRIBUTION = REPLICATE,
  HEAP
)
AS SELECT [store_key], [source], [store_id], [store_name], [store_country], [store_region], [store_city], [store_time_zone], [is_inferred] FROM stage.[dim_store]
GO

DROP TABLE stage.[dim_store]
GO

ALTER TABLE gold_a.[dim_store] ADD CONSTRAINT [key_dim_store] PRIMARY KEY NONCLUSTERED ([store_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_store_key] ON gold_a.[dim_store] ([store_key])
GO

CREATE STATISTICS [by_source] ON gold_a.[dim_store] ([source])
GO

CREATE STATISTICS [by_store_id] ON gold_a.[dim_store] ([store_id])
GO

IF OBJECT_ID('stage.fact_exchange_rate') IS NOT NULL DROP TABLE stage.[fact_exchange_rate]
GO

CREATE TABLE stage.[fact_exchange_rate] (
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [rate_date] date NOT NULL,
  [rate] decimal(19,12) NOT NULL,
  [reporting_currency] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [quoted_on] date NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[fact_exchange_rate] ([currency] 1, [rate_date] 2, [rate] 3, [reporting_currency] 4, [quoted_on] 5)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_exchange_rate/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[fact_exchange_rate]
WITH (
  DISTRIBUTION = REPLICATE,
  HEAP
)
AS SELECT [currency], [rate_date], [rate], [reporting_currency], [quoted_on] FROM stage.[fact_exchange_rate]
GO

DROP TABLE stage.[fact_exchange_rate]
GO

ALTER TABLE gold_a.[fact_exchange_rate] ADD CONSTRAINT [key_fact_exchange_rate] PRIMARY KEY NONCLUSTERED ([currency], [rate_date]) NOT ENFORCED
GO

CREATE STATISTICS [by_currency] ON gold_a.[fact_exchange_rate] ([currency])
GO

CREATE STATISTICS [by_rate_date] ON gold_a.[fact_exchange_rate] ([rate_date])
GO

IF OBJECT_ID('stage.fact_marketing_costs') IS NOT NULL DROP TABLE stage.[fact_marketing_costs]
GO

CREATE TABLE stage.[fact_marketing_costs] (
  [source] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [marketing_cost_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [cost_date] date NOT NULL,
  [rate_date] date NOT NULL,
  [channel] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [campaign_name] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [marketing_cost_amount] decimal(18,4) NOT NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[fact_marketing_costs] ([source] 1, [marketing_cost_id] 2, [cost_date] 3, [rate_date] 4, [channel] 5, [campaign_name] 6, [marketing_cost_amount] 7, [currency] 8)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_marketing_costs/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[fact_marketing_costs]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [source], [marketing_cost_id], [cost_date], [rate_date], [channel], [campaign_name], [marketing_cost_amount], [currency] FROM stage.[fact_marketing_costs]
GO

DROP TABLE stage.[fact_marketing_costs]
GO

ALTER TABLE gold_a.[fact_marketing_costs] ADD CONSTRAINT [key_fact_marketing_costs] PRIMARY KEY NONCLUSTERED ([source], [marketing_cost_id]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold_a.[fact_marketing_costs] ([source])
GO

CREATE STATISTICS [by_marketing_cost_id] ON gold_a.[fact_marketing_costs] ([marketing_cost_id])
GO

CREATE STATISTICS [by_cost_date] ON gold_a.[fact_marketing_costs] ([cost_date])
GO

CREATE STATISTICS [by_rate_date] ON gold_a.[fact_marketing_costs] ([rate_date])
GO

CREATE STATISTICS [by_currency] ON gold_a.[fact_marketing_costs] ([currency])
GO

IF OBJECT_ID('stage.fact_payments') IS NOT NULL DROP TABLE stage.[fact_payments]
GO

CREATE TABLE stage.[fact_payments] (
  [source] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [order_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [payment_number] int NOT NULL,
  [order_date] date NULL,
  [payment_date] date NULL,
  [payment_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [rate_date] date NULL,
  [customer_key] bigint NOT NULL,
  [store_key] bigint NOT NULL,
  [channel] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [is_test] bit NULL,
  [payment_method] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [payment_amount] decimal(18,4) NOT NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[fact_payments] ([source] 1, [order_id] 2, [payment_number] 3, [order_date] 4, [payment_date] 5, [payment_month] 6, [rate_date] 7, [customer_key] 8, [store_key] 9, [channel] 10, [is_test] 11, [payment_method] 12, [payment_amount] 13, [currency] 14)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_payments/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[fact_payments]
WITH (
  DISTRIBUTION = HASH([order_id]),
  CLUSTERED COLUMNSTORE INDEX,
  PARTITION ([payment_date] RANGE RIGHT FOR VALUES ('2015-01-01', '2016-01-01', '2017-01-01', '2018-01-01', '2019-01-01', '2020-01-01', '2021-01-01', '2022-01-01', '2023-01-01', '2024-01-01', '2025-01-01', '2026-01-01', '2027-01-01', '2028-01-01', '2029-01-01', '2030-01-01', '2031-01-01', '2032-01-01', '2033-01-01', '2034-01-01', '2035-01-01'))
)
AS SELECT [source], [order_id], [payment_number], [order_date], [payment_date], [payment_month], [rate_date], [customer_key], [store_key], [channel], [is_test], [payment_method], [payment_amount], [currency] FROM stage.[fact_payments]
GO

DROP TABLE stage.[fact_payments]
GO

ALTER TABLE gold_a.[fact_payments] ADD CONSTRAINT [key_fact_payments] PRIMARY KEY NONCLUSTERED ([source], [order_id], [payment_number]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold_a.[fact_payments] ([source])
GO

CREATE STATISTICS [by_order_id] ON gold_a.[fact_payments] ([order_id])
GO

CREATE STATISTICS [by_order_date] ON gold_a.[fact_payments] ([order_date])
GO

CREATE STATISTICS [by_payment_date] ON gold_a.[fact_payments] ([payment_date])
GO

CREATE STATISTICS [by_payment_month] ON gold_a.[fact_payments] ([payment_month])
GO

CREATE STATISTICS [by_rate_date] ON gold_a.[fact_payments] ([rate_date])
GO

CREATE STATISTICS [by_customer_key] ON gold_a.[fact_payments] ([customer_key])
GO

CREATE STATISTICS [by_store_key] ON gold_a.[fact_payments] ([store_key])
GO

CREATE STATISTICS [by_currency] ON gold_a.[fact_payments] ([currency])
GO

IF OBJECT_ID('stage.fact_redemptions') IS NOT NULL DROP TABLE stage.[fact_redemptions]
GO

CREATE TABLE stage.[fact_redemptions] (
  [source] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [redemption_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [redemption_date] date NOT NULL,
  [customer_key] bigint NOT NULL,
  [promotion_key] bigint NOT NULL,
  [coupon_code] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[fact_redemptions] ([source] 1, [redemption_id] 2, [redemption_date] 3, [customer_key] 4, [promotion_key] 5, [coupon_code] 6)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_redemptions/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[fact_redemptions]
WITH (
  DISTRIBUTION = HASH([customer_key]),
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [source], [redemption_id], [redemption_date], [customer_key], [promotion_key], [coupon_code] FROM stage.[fact_redemptions]
GO

DROP TABLE stage.[fact_redemptions]
GO

ALTER TABLE gold_a.[fact_redemptions] ADD CONSTRAINT [key_fact_redemptions] PRIMARY KEY NONCLUSTERED ([source], [redemption_id]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold_a.[fact_redemptions] ([source])
GO

CREATE STATISTICS [by_redemption_id] ON gold_a.[fact_redemptions] ([redemption_id])
GO

CREATE STATISTICS [by_redemption_date] ON gold_a.[fact_redemptions] ([redemption_date])
GO

CREATE STATISTICS [by_customer_key] ON gold_a.[fact_redemptions] ([customer_key])
GO

CREATE STATISTICS [by_promotion_key] ON gold_a.[fact_redemptions] ([promotion_key])
GO

IF OBJECT_ID('stage.fact_returns') IS NOT NULL DROP TABLE stage.[fact_returns]
GO

CREATE TABLE stage.[fact_returns] (
  [source] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [return_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [line_number] int NOT NULL,
  [order_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [return_date] date NOT NULL,
  [return_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [returned_at] datetime2(6) NULL,
  [order_date] date NULL,
  [rate_date] date NOT NULL,
  [customer_key] bigint NOT NULL,
  [customer_version_key] bigint NOT NULL,
  [product_key] bigint NOT NULL,
  [product_version_key] bigint NOT NULL,
  [store_key] bigint NOT NULL,
  [channel] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [is_test] bit NULL,
  [age_band] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [return_quantity] decimal(18,4) NULL,
  [return_amount] decimal(18,4) NOT NULL,
  [return_tax_amount] decimal(18,4) NOT NULL,
  [return_reason] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [is_merchandise] bit NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[fact_returns] ([source] 1, [return_id] 2, [line_number] 3, [order_id] 4, [return_date] 5, [return_month] 6, [returned_at] 7, [order_date] 8, [rate_date] 9, [customer_key] 10, [customer_version_key] 11, [product_key] 12, [product_version_key] 13, [store_key] 14, [channel] 15, [currency] 16, [is_test] 17, [age_band] 18, [return_quantity] 19, [return_amount] 20, [return_tax_amount] 21, [return_reason] 22, [is_merchandise] 23)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_returns/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[fact_returns]
WITH (
  DISTRIBUTION = HASH([order_id]),
  CLUSTERED COLUMNSTORE INDEX,
  PARTITION ([return_date] RANGE RIGHT FOR VALUES ('2015-01-01', '2016-01-01', '2017-01-01', '2018-01-01', '2019-01-01', '2020-01-01', '2021-01-01', '2022-01-01', '2023-01-01', '2024-01-01', '2025-01-01', '2026-01-01', '2027-01-01', '2028-01-01', '2029-01-01', '2030-01-01', '2031-01-01', '2032-01-01', '2033-01-01', '2034-01-01', '2035-01-01'))
)
AS SELECT [source], [return_id], [line_number], [order_id], [return_date], [return_month], [returned_at], [order_date], [rate_date], [customer_key], [customer_version_key], [product_key], [product_version_key], [store_key], [channel], [currency], [is_test], [age_band], [return_quantity], [return_amount], [return_tax_amount], [return_reason], [is_merchandise] FROM stage.[fact_returns]
GO

DROP TABLE stage.[fact_returns]
GO

ALTER TABLE gold_a.[fact_returns] ADD CONSTRAINT [key_fact_returns] PRIMARY KEY NONCLUSTERED ([source], [return_id], [line_number]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold_a.[fact_returns] ([source])
GO

CREATE STATISTICS [by_return_id] ON gold_a.[fact_returns] ([return_id])
GO

CREATE STATISTICS [by_order_id] ON gold_a.[fact_returns] ([order_id])
GO

CREATE STATISTICS [by_return_date] ON gold_a.[fact_returns] ([return_date])
GO

CREATE STATISTICS [by_return_month] ON gold_a.[fact_returns] ([return_month])
GO

CREATE STATISTICS [by_order_date] ON gold_a.[fact_returns] ([order_date])
GO

CREATE STATISTICS [by_rate_date] ON gold_a.[fact_returns] ([rate_date])
GO

CREATE STATISTICS [by_customer_key] ON gold_a.[fact_returns] ([customer_key])
GO

CREATE STATISTICS [by_customer_version_key] ON gold_a.[fact_returns] ([customer_version_key])
GO

CREATE STATISTICS [by_product_key] ON gold_a.[fact_returns] ([product_key])
GO

CREATE STATISTICS [by_product_version_key] ON gold_a.[fact_returns] ([product_version_key])
GO

CREATE STATISTICS [by_store_key] ON gold_a.[fact_returns] ([store_key])
GO

CREATE STATISTICS [by_currency] ON gold_a.[fact_returns] ([currency])
GO

IF OBJECT_ID('stage.fact_sales') IS NOT NULL DROP TABLE stage.[fact_sales]
GO

CREATE TABLE stage.[fact_sales] (
  [source] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [order_id] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [line_number] int NOT NULL,
  [order_date] date NULL,
  [order_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [ordered_at] datetime2(6) NULL,
  [rate_date] date NULL,
  [customer_key] bigint NOT NULL,
  [customer_version_key] bigint NOT NULL,
  [product_key] bigint NOT NULL,
  [product_version_key] bigint NOT NULL,
  [store_key] bigint NOT NULL,
  [promotion_key] bigint NOT NULL,
  [counts_as] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [status] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [channel] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [is_test] bit NULL,
  [is_guest] bit NULL,
  [age_band] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [quantity] decimal(18,4) NULL,
  [gross_amount] decimal(18,4) NOT NULL,
  [discount_amount] decimal(18,4) NOT NULL,
  [net_amount] decimal(18,4) NOT NULL,
  [order_discount_amount] decimal(18,4) NOT NULL,
  [tax_amount] decimal(18,4) NOT NULL,
  [shipping_amount] decimal(18,4) NOT NULL,
  [shipping_cost_amount] decimal(18,4) NOT NULL,
  [included_tax_amount] decimal(18,4) NOT NULL,
  [sales_amount] decimal(18,4) NOT NULL,
  [is_merchandise] bit NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[fact_sales] ([source] 1, [order_id] 2, [line_number] 3, [order_date] 4, [order_month] 5, [ordered_at] 6, [rate_date] 7, [customer_key] 8, [customer_version_key] 9, [product_key] 10, [product_version_key] 11, [store_key] 12, [promotion_key] 13, [counts_as] 14, [status] 15, [channel] 16, [currency] 17, [is_test] 18, [is_guest] 19, [age_band] 20, [quantity] 21, [gross_amount] 22, [discount_amount] 23, [net_amount] 24, [order_discount_amount] 25, [tax_amount] 26, [shipping_amount] 27, [shipping_cost_amount] 28, [included_tax_amount] 29, [sales_amount] 30, [is_merchandise] 31)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_sales/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[fact_sales]
WITH (
  DISTRIBUTION = HASH([order_id]),
  CLUSTERED COLUMNSTORE INDEX,
  PARTITION ([order_date] RANGE RIGHT FOR VALUES ('2015-01-01', '2016-01-01', '2017-01-01', '2018-01-01', '2019-01-01', '2020-01-01', '2021-01-01', '2022-01-01', '2023-01-01', '2024-01-01', '2025-01-01', '2026-01-01', '2027-01-01', '2028-01-01', '2029-01-01', '2030-01-01', '2031-01-01', '2032-01-01', '2033-01-01', '2034-01-01', '2035-01-01'))
)
AS SELECT [source], [order_id], [line_number], [order_date], [order_month], [ordered_at], [rate_date], [customer_key], [customer_version_key], [product_key], [product_version_key], [store_key], [promotion_key], [counts_as], [status], [channel], [currency], [is_test], [is_guest], [age_band], [quantity], [gross_amount], [discount_amount], [net_amount], [order_discount_amount], [tax_amount], [shipping_amount], [shipping_cost_amount], [included_tax_amount], [sales_amount], [is_merchandise] FROM stage.[fact_sales]
GO

DROP TABLE stage.[fact_sales]
GO

ALTER TABLE gold_a.[fact_sales] ADD CONSTRAINT [key_fact_sales] PRIMARY KEY NONCLUSTERED ([source], [order_id], [line_number]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold_a.[fact_sales] ([source])
GO

CREATE STATISTICS [by_order_id] ON gold_a.[fact_sales] ([order_id])
GO

CREATE STATISTICS [by_order_date] ON gold_a.[fact_sales] ([order_date])
GO

CREATE STATISTICS [by_order_month] ON gold_a.[fact_sales] ([order_month])
GO

CREATE STATISTICS [by_rate_date] ON gold_a.[fact_sales] ([rate_date])
GO

CREATE STATISTICS [by_customer_key] ON gold_a.[fact_sales] ([customer_key])
GO

CREATE STATISTICS [by_customer_version_key] ON gold_a.[fact_sales] ([customer_version_key])
GO

CREATE STATISTICS [by_product_key] ON gold_a.[fact_sales] ([product_key])
GO

CREATE STATISTICS [by_product_version_key] ON gold_a.[fact_sales] ([product_version_key])
GO

CREATE STATISTICS [by_store_key] ON gold_a.[fact_sales] ([store_key])
GO

CREATE STATISTICS [by_promotion_key] ON gold_a.[fact_sales] ([promotion_key])
GO

CREATE STATISTICS [by_currency] ON gold_a.[fact_sales] ([currency])
GO

IF OBJECT_ID('stage.mart_affinity') IS NOT NULL DROP TABLE stage.[mart_affinity]
GO

CREATE TABLE stage.[mart_affinity] (
  [product_key] bigint NOT NULL,
  [other_product_key] bigint NOT NULL,
  [pair_order_count] bigint NOT NULL,
  [product_order_count] bigint NOT NULL,
  [other_product_order_count] bigint NOT NULL,
  [all_order_count] bigint NOT NULL,
  [support] decimal(18,8) NOT NULL,
  [confidence] decimal(18,8) NOT NULL,
  [other_confidence] decimal(18,8) NOT NULL,
  [lift] decimal(18,8) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_affinity] ([product_key] 1, [other_product_key] 2, [pair_order_count] 3, [product_order_count] 4, [other_product_order_count] 5, [all_order_count] 6, [support] 7, [confidence] 8, [other_confidence] 9, [lift] 10)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_affinity/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_affinity]
WITH (
  DISTRIBUTION = HASH([product_key]),
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [product_key], [other_product_key], [pair_order_count], [product_order_count], [other_product_order_count], [all_order_count], [support], [confidence], [other_confidence], [lift] FROM stage.[mart_affinity]
GO

DROP TABLE stage.[mart_affinity]
GO

ALTER TABLE gold_a.[mart_affinity] ADD CONSTRAINT [key_mart_affinity] PRIMARY KEY NONCLUSTERED ([product_key], [other_product_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_product_key] ON gold_a.[mart_affinity] ([product_key])
GO

CREATE STATISTICS [by_other_product_key] ON gold_a.[mart_affinity] ([other_product_key])
GO

IF OBJECT_ID('stage.mart_buyers') IS NOT NULL DROP TABLE stage.[mart_buyers]
GO

CREATE TABLE stage.[mart_buyers] (
  [order_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [attribute] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [attribute_value] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [buyer_count] bigint NOT NULL,
  [order_count] bigint NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [unconverted_line_count] bigint NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_buyers] ([order_month] 1, [attribute] 2, [attribute_value] 3, [buyer_count] 4, [order_count] 5, [line_count] 6, [unit_quantity] 7, [unconverted_line_count] 8, [reporting_sales_amount] 9)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_buyers/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_buyers]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [order_month], [attribute], [attribute_value], [buyer_count], [order_count], [line_count], [unit_quantity], [unconverted_line_count], [reporting_sales_amount] FROM stage.[mart_buyers]
GO

DROP TABLE stage.[mart_buyers]
GO

CREATE STATISTICS [by_order_month] ON gold_a.[mart_buyers] ([order_month])
GO

IF OBJECT_ID('stage.mart_cohort') IS NOT NULL DROP TABLE stage.[mart_cohort]
GO

CREATE TABLE stage.[mart_cohort] (
  [cohort_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [months_since_first] int NOT NULL,
  [customer_count] bigint NOT NULL,
  [active_customer_count] bigint NOT NULL,
  [order_count] bigint NOT NULL,
  [line_count] bigint NOT NULL,
  [unconverted_line_count] bigint NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL,
  [return_line_count] bigint NOT NULL,
  [unconverted_return_line_count] bigint NOT NULL,
  [reporting_return_amount] decimal(38,16) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_cohort] ([cohort_month] 1, [months_since_first] 2, [customer_count] 3, [active_customer_count] 4, [order_count] 5, [line_count] 6, [unconverted_line_count] 7, [reporting_sales_amount] 8, [return_line_count] 9, [unconverted_return_line_count] 10, [reporting_return_amount] 11)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_cohort/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_cohort]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [cohort_month], [months_since_first], [customer_count], [active_customer_count], [order_count], [line_count], [unconverted_line_count], [reporting_sales_amount], [return_line_count], [unconverted_return_line_count], [reporting_return_amount] FROM stage.[mart_cohort]
GO

DROP TABLE stage.[mart_cohort]
GO

ALTER TABLE gold_a.[mart_cohort] ADD CONSTRAINT [key_mart_cohort] PRIMARY KEY NONCLUSTERED ([cohort_month], [months_since_first]) NOT ENFORCED
GO

CREATE STATISTICS [by_cohort_month] ON gold_a.[mart_cohort] ([cohort_month])
GO

IF OBJECT_ID('stage.mart_customer') IS NOT NULL DROP TABLE stage.[mart_customer]
GO

CREATE TABLE stage.[mart_customer] (
  [customer_key] bigint NOT NULL,
  [order_count] bigint NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [unconverted_line_count] bigint NOT NULL,
  [reporting_gross_amount] decimal(38,16) NOT NULL,
  [reporting_discount_amount] decimal(38,16) NOT NULL,
  [reporting_net_amount] decimal(38,16) NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL,
  [return_line_count] bigint NOT NULL,
  [unconverted_return_line_count] bigint NOT NULL,
  [reporting_return_amount] decimal(38,16) NOT NULL,
  [first_order_date] date NOT NULL,
  [last_order_date] date NOT NULL,
  [cohort_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [recency_days] int NOT NULL,
  [recency_score] int NOT NULL,
  [frequency_score] int NOT NULL,
  [monetary_score] int NOT NULL,
  [segment] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [customer_type] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [churn_status] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_customer] ([customer_key] 1, [order_count] 2, [line_count] 3, [unit_quantity] 4, [unconverted_line_count] 5, [reporting_gross_amount] 6, [reporting_discount_amount] 7, [reporting_net_amount] 8, [reporting_sales_amount] 9, [return_line_count] 10, [unconverted_return_line_count] 11, [reporting_return_amount] 12, [first_order_date] 13, [last_order_date] 14, [cohort_month] 15, [recency_days] 16, [recency_score] 17, [frequency_score] 18, [monetary_score] 19, [segment] 20, [customer_type] 21, [churn_status] 22)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_customer/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_customer]
WITH (
  DISTRIBUTION = HASH([customer_key]),
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [customer_key], [order_count], [line_count], [unit_quantity], [unconverted_line_count], [reporting_gross_amount], [reporting_discount_amount], [reporting_net_amount], [reporting_sales_amount], [return_line_count], [unconverted_return_line_count], [reporting_return_amount], [first_order_date], [last_order_date], [cohort_month], [recency_days], [recency_score], [frequency_score], [monetary_score], [segment], [customer_type], [churn_status] FROM stage.[mart_customer]
GO

DROP TABLE stage.[mart_customer]
GO

ALTER TABLE gold_a.[mart_customer] ADD CONSTRAINT [key_mart_customer] PRIMARY KEY NONCLUSTERED ([customer_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_customer_key] ON gold_a.[mart_customer] ([customer_key])
GO

CREATE STATISTICS [by_first_order_date] ON gold_a.[mart_customer] ([first_order_date])
GO

CREATE STATISTICS [by_last_order_date] ON gold_a.[mart_customer] ([last_order_date])
GO

CREATE STATISTICS [by_cohort_month] ON gold_a.[mart_customer] ([cohort_month])
GO

IF OBJECT_ID('stage.mart_customer_day') IS NOT NULL DROP TABLE stage.[mart_customer_day]
GO

CREATE TABLE stage.[mart_customer_day] (
  [order_date] date NOT NULL,
  [order_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [customer_key] bigint NOT NULL,
  [customer_version_key] bigint NOT NULL,
  [age_band] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [order_count] bigint NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [gross_amount] decimal(28,4) NOT NULL,
  [discount_amount] decimal(28,4) NOT NULL,
  [net_amount] decimal(28,4) NOT NULL,
  [sales_amount] decimal(28,4) NOT NULL,
  [unconverted_line_count] bigint NOT NULL,
  [reporting_gross_amount] decimal(38,16) NOT NULL,
  [reporting_discount_amount] decimal(38,16) NOT NULL,
  [reporting_net_amount] decimal(38,16) NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_customer_day] ([order_date] 1, [order_month] 2, [customer_key] 3, [customer_version_key] 4, [age_band] 5, [currency] 6, [order_count] 7, [line_count] 8, [unit_quantity] 9, [gross_amount] 10, [discount_amount] 11, [net_amount] 12, [sales_amount] 13, [unconverted_line_count] 14, [reporting_gross_amount] 15, [reporting_discount_amount] 16, [reporting_net_amount] 17, [reporting_sales_amount] 18)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_customer_day/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_customer_day]
WITH (
  DISTRIBUTION = HASH([customer_key]),
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [order_date], [order_month], [customer_key], [customer_version_key], [age_band], [currency], [order_count], [line_count], [unit_quantity], [gross_amount], [discount_amount], [net_amount], [sales_amount], [unconverted_line_count], [reporting_gross_amount], [reporting_discount_amount], [reporting_net_amount], [reporting_sales_amount] FROM stage.[mart_customer_day]
GO

DROP TABLE stage.[mart_customer_day]
GO

ALTER TABLE gold_a.[mart_customer_day] ADD CONSTRAINT [key_mart_customer_day] PRIMARY KEY NONCLUSTERED ([order_date], [customer_key], [currency]) NOT ENFORCED
GO

CREATE STATISTICS [by_order_date] ON gold_a.[mart_customer_day] ([order_date])
GO

CREATE STATISTICS [by_order_month] ON gold_a.[mart_customer_day] ([order_month])
GO

CREATE STATISTICS [by_customer_key] ON gold_a.[mart_customer_day] ([customer_key])
GO

CREATE STATISTICS [by_customer_version_key] ON gold_a.[mart_customer_day] ([customer_version_key])
GO

CREATE STATISTICS [by_currency] ON gold_a.[mart_customer_day] ([currency])
GO

IF OBJECT_ID('stage.mart_customer_department') IS NOT NULL DROP TABLE stage.[mart_customer_department]
GO

CREATE TABLE stage.[mart_customer_department] (
  [order_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [customer_key] bigint NOT NULL,
  [customer_version_key] bigint NOT NULL,
  [age_band] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [department] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [line_count] bigint NOT NULL,
  [unconverted_line_count] bigint NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_customer_department] ([order_month] 1, [customer_key] 2, [customer_version_key] 3, [age_band] 4, [department] 5, [line_count] 6, [unconverted_line_count] 7, [reporting_sales_amount] 8)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_customer_department/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_customer_department]
WITH (
  DISTRIBUTION = HASH([customer_key]),
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [order_month], [customer_key], [customer_version_key], [age_band], [department], [line_count], [unconverted_line_count], [reporting_sales_amount] FROM stage.[mart_customer_department]
GO

DROP TABLE stage.[mart_customer_department]
GO

CREATE STATISTICS [by_order_month] ON gold_a.[mart_customer_department] ([order_month])
GO

CREATE STATISTICS [by_customer_key] ON gold_a.[mart_customer_department] ([customer_key])
GO

CREATE STATISTICS [by_customer_version_key] ON gold_a.[mart_customer_department] ([customer_version_key])
GO

IF OBJECT_ID('stage.mart_demographics') IS NOT NULL DROP TABLE stage.[mart_demographics]
GO

CREATE TABLE stage.[mart_demographics] (
  [year_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [attribute] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [attribute_value] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [population] bigint NOT NULL,
  [buyer_count] bigint NOT NULL,
  [order_count] bigint NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [unconverted_line_count] bigint NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL,
  [population_before] bigint NULL,
  [buyer_count_before] bigint NULL,
  [reporting_sales_before_amount] decimal(38,16) NULL,
  [reporting_population_effect_amount] decimal(38,16) NULL,
  [reporting_penetration_effect_amount] decimal(38,16) NULL,
  [reporting_spend_effect_amount] decimal(38,16) NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_demographics] ([year_month] 1, [attribute] 2, [attribute_value] 3, [population] 4, [buyer_count] 5, [order_count] 6, [line_count] 7, [unit_quantity] 8, [unconverted_line_count] 9, [reporting_sales_amount] 10, [population_before] 11, [buyer_count_before] 12, [reporting_sales_before_amount] 13, [reporting_population_effect_amount] 14, [reporting_penetration_effect_amount] 15, [reporting_spend_effect_amount] 16)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_demographics/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_demographics]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [year_month], [attribute], [attribute_value], [population], [buyer_count], [order_count], [line_count], [unit_quantity], [unconverted_line_count], [reporting_sales_amount], [population_before], [buyer_count_before], [reporting_sales_before_amount], [reporting_population_effect_amount], [reporting_penetration_effect_amount], [reporting_spend_effect_amount] FROM stage.[mart_demographics]
GO

DROP TABLE stage.[mart_demographics]
GO

CREATE STATISTICS [by_year_month] ON gold_a.[mart_demographics] ([year_month])
GO

IF OBJECT_ID('stage.mart_ordered_daily') IS NOT NULL DROP TABLE stage.[mart_ordered_daily]
GO

CREATE TABLE stage.[mart_ordered_daily] (
  [order_date] date NOT NULL,
  [order_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [department] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [category] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [channel] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [ordered_line_count] bigint NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [ordered_amount] decimal(28,4) NOT NULL,
  [cancelled_amount] decimal(28,4) NOT NULL,
  [gross_amount] decimal(28,4) NOT NULL,
  [discount_amount] decimal(28,4) NOT NULL,
  [order_discount_amount] decimal(28,4) NOT NULL,
  [included_tax_amount] decimal(28,4) NOT NULL,
  [sales_amount] decimal(28,4) NOT NULL,
  [reporting_ordered_amount] decimal(38,16) NOT NULL,
  [reporting_cancelled_amount] decimal(38,16) NOT NULL,
  [reporting_gross_amount] decimal(38,16) NOT NULL,
  [reporting_discount_amount] decimal(38,16) NOT NULL,
  [reporting_order_discount_amount] decimal(38,16) NOT NULL,
  [reporting_included_tax_amount] decimal(38,16) NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL,
  [unconverted_line_count] bigint NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_ordered_daily] ([order_date] 1, [order_month] 2, [department] 3, [category] 4, [channel] 5, [currency] 6, [ordered_line_count] 7, [line_count] 8, [unit_quantity] 9, [ordered_amount] 10, [cancelled_amount] 11, [gross_amount] 12, [discount_amount] 13, [order_discount_amount] 14, [included_tax_amount] 15, [sales_amount] 16, [reporting_ordered_amount] 17, [reporting_cancelled_amount] 18, [reporting_gross_amount] 19, [reporting_discount_amount] 20, [reporting_order_discount_amount] 21, [reporting_included_tax_amount] 22, [reporting_sales_amount] 23, [unconverted_line_count] 24)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_ordered_daily/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_ordered_daily]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [order_date], [order_month], [department], [category], [channel], [currency], [ordered_line_count], [line_count], [unit_quantity], [ordered_amount], [cancelled_amount], [gross_amount], [discount_amount], [order_discount_amount], [included_tax_amount], [sales_amount], [reporting_ordered_amount], [reporting_cancelled_amount], [reporting_gross_amount], [reporting_discount_amount], [reporting_order_discount_amount], [reporting_included_tax_amount], [reporting_sales_amount], [unconverted_line_count] FROM stage.[mart_ordered_daily]
GO

DROP TABLE stage.[mart_ordered_daily]
GO

CREATE STATISTICS [by_order_date] ON gold_a.[mart_ordered_daily] ([order_date])
GO

CREATE STATISTICS [by_order_month] ON gold_a.[mart_ordered_daily] ([order_month])
GO

CREATE STATISTICS [by_currency] ON gold_a.[mart_ordered_daily] ([currency])
GO

IF OBJECT_ID('stage.mart_product') IS NOT NULL DROP TABLE stage.[mart_product]
GO

CREATE TABLE stage.[mart_product] (
  [product_key] bigint NOT NULL,
  [order_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [gross_amount] decimal(28,4) NOT NULL,
  [discount_amount] decimal(28,4) NOT NULL,
  [net_amount] decimal(28,4) NOT NULL,
  [sales_amount] decimal(28,4) NOT NULL,
  [reporting_gross_amount] decimal(38,16) NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL,
  [reporting_cost_amount] decimal(38,16) NOT NULL,
  [reporting_costed_sales_amount] decimal(38,16) NOT NULL,
  [costed_line_count] bigint NOT NULL,
  [converted_unit_quantity] decimal(28,4) NOT NULL,
  [unconverted_line_count] bigint NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_product] ([product_key] 1, [order_month] 2, [currency] 3, [line_count] 4, [unit_quantity] 5, [gross_amount] 6, [discount_amount] 7, [net_amount] 8, [sales_amount] 9, [reporting_gross_amount] 10, [reporting_sales_amount] 11, [reporting_cost_amount] 12, [reporting_costed_sales_amount] 13, [costed_line_count] 14, [converted_unit_quantity] 15, [unconverted_line_count] 16)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_product/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_product]
WITH (
  DISTRIBUTION = HASH([product_key]),
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [product_key], [order_month], [currency], [line_count], [unit_quantity], [gross_amount], [discount_amount], [net_amount], [sales_amount], [reporting_gross_amount], [reporting_sales_amount], [reporting_cost_amount], [reporting_costed_sales_amount], [costed_line_count], [converted_unit_quantity], [unconverted_line_count] FROM stage.[mart_product]
GO

DROP TABLE stage.[mart_product]
GO

ALTER TABLE gold_a.[mart_product] ADD CONSTRAINT [key_mart_product] PRIMARY KEY NONCLUSTERED ([product_key], [order_month], [currency]) NOT ENFORCED
GO

CREATE STATISTICS [by_product_key] ON gold_a.[mart_product] ([product_key])
GO

CREATE STATISTICS [by_order_month] ON gold_a.[mart_product] ([order_month])
GO

CREATE STATISTICS [by_currency] ON gold_a.[mart_product] ([currency])
GO

IF OBJECT_ID('stage.mart_product_class') IS NOT NULL DROP TABLE stage.[mart_product_class]
GO

CREATE TABLE stage.[mart_product_class] (
  [product_key] bigint NOT NULL,
  [from_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [to_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [line_count] bigint NOT NULL,
  [converted_unit_quantity] decimal(28,4) NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL,
  [reporting_cost_amount] decimal(38,16) NOT NULL,
  [reporting_costed_sales_amount] decimal(38,16) NOT NULL,
  [reporting_margin_amount] decimal(38,16) NOT NULL,
  [sales_rank] int NULL,
  [abc_class] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [previous_unit_quantity] decimal(28,4) NOT NULL,
  [reporting_previous_sales_amount] decimal(38,16) NOT NULL,
  [reporting_volume_effect_amount] decimal(38,16) NOT NULL,
  [reporting_price_effect_amount] decimal(38,16) NOT NULL,
  [reporting_new_effect_amount] decimal(38,16) NOT NULL,
  [reporting_vanished_effect_amount] decimal(38,16) NOT NULL,
  [reporting_other_effect_amount] decimal(38,16) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_product_class] ([product_key] 1, [from_month] 2, [to_month] 3, [line_count] 4, [converted_unit_quantity] 5, [reporting_sales_amount] 6, [reporting_cost_amount] 7, [reporting_costed_sales_amount] 8, [reporting_margin_amount] 9, [sales_rank] 10, [abc_class] 11, [previous_unit_quantity] 12, [reporting_previous_sales_amount] 13, [reporting_volume_effect_amount] 14, [reporting_price_effect_amount] 15, [reporting_new_effect_amount] 16, [reporting_vanished_effect_amount] 17, [reporting_other_effect_amount] 18)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_product_class/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_product_class]
WITH (
  DISTRIBUTION = HASH([product_key]),
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [product_key], [from_month], [to_month], [line_count], [converted_unit_quantity], [reporting_sales_amount], [reporting_cost_amount], [reporting_costed_sales_amount], [reporting_margin_amount], [sales_rank], [abc_class], [previous_unit_quantity], [reporting_previous_sales_amount], [reporting_volume_effect_amount], [reporting_price_effect_amount], [reporting_new_effect_amount], [reporting_vanished_effect_amount], [reporting_other_effect_amount] FROM stage.[mart_product_class]
GO

DROP TABLE stage.[mart_product_class]
GO

ALTER TABLE gold_a.[mart_product_class] ADD CONSTRAINT [key_mart_product_class] PRIMARY KEY NONCLUSTERED ([product_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_product_key] ON gold_a.[mart_product_class] ([product_key])
GO

CREATE STATISTICS [by_from_month] ON gold_a.[mart_product_class] ([from_month])
GO

CREATE STATISTICS [by_to_month] ON gold_a.[mart_product_class] ([to_month])
GO

IF OBJECT_ID('stage.mart_restatement') IS NOT NULL DROP TABLE stage.[mart_restatement]
GO

CREATE TABLE stage.[mart_restatement] (
  [closed_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [department] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [channel] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [closed_state] bigint NOT NULL,
  [closed_as_of] date NOT NULL,
  [closed_unit_quantity] decimal(28,4) NOT NULL,
  [current_unit_quantity] decimal(28,4) NOT NULL,
  [restated_unit_quantity] decimal(28,4) NOT NULL,
  [closed_gross_amount] decimal(28,4) NOT NULL,
  [current_gross_amount] decimal(28,4) NOT NULL,
  [restated_gross_amount] decimal(28,4) NOT NULL,
  [closed_discount_amount] decimal(28,4) NOT NULL,
  [current_discount_amount] decimal(28,4) NOT NULL,
  [restated_discount_amount] decimal(28,4) NOT NULL,
  [closed_net_amount] decimal(28,4) NOT NULL,
  [current_net_amount] decimal(28,4) NOT NULL,
  [restated_net_amount] decimal(28,4) NOT NULL,
  [closed_sales_amount] decimal(28,4) NOT NULL,
  [current_sales_amount] decimal(28,4) NOT NULL,
  [restated_sales_amount] decimal(28,4) NOT NULL,
  [closed_return_quantity] decimal(28,4) NOT NULL,
  [current_return_quantity] decimal(28,4) NOT NULL,
  [restated_return_quantity] decimal(28,4) NOT NULL,
  [closed_return_amount] decimal(28,4) NOT NULL,
  [current_return_amount] decimal(28,4) NOT NULL,
  [restated_return_amount] decimal(28,4) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_restatement] ([closed_month] 1, [department] 2, [channel] 3, [currency] 4, [closed_state] 5, [closed_as_of] 6, [closed_unit_quantity] 7, [current_unit_quantity] 8, [restated_unit_quantity] 9, [closed_gross_amount] 10, [current_gross_amount] 11, [restated_gross_amount] 12, [closed_discount_amount] 13, [current_discount_amount] 14, [restated_discount_amount] 15, [closed_net_amount] 16, [current_net_amount] 17, [restated_net_amount] 18, [closed_sales_amount] 19, [current_sales_amount] 20, [restated_sales_amount] 21, [closed_return_quantity] 22, [current_return_quantity] 23, [restated_return_quantity] 24, [closed_return_amount] 25, [current_return_amount] 26, [restated_return_amount] 27)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_restatement/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_restatement]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [closed_month], [department], [channel], [currency], [closed_state], [closed_as_of], [closed_unit_quantity], [current_unit_quantity], [restated_unit_quantity], [closed_gross_amount], [current_gross_amount], [restated_gross_amount], [closed_discount_amount], [current_discount_amount], [restated_discount_amount], [closed_net_amount], [current_net_amount], [restated_net_amount], [closed_sales_amount], [current_sales_amount], [restated_sales_amount], [closed_return_quantity], [current_return_quantity], [restated_return_quantity], [closed_return_amount], [current_return_amount], [restated_return_amount] FROM stage.[mart_restatement]
GO

DROP TABLE stage.[mart_restatement]
GO

CREATE STATISTICS [by_closed_month] ON gold_a.[mart_restatement] ([closed_month])
GO

CREATE STATISTICS [by_currency] ON gold_a.[mart_restatement] ([currency])
GO

IF OBJECT_ID('stage.mart_returns') IS NOT NULL DROP TABLE stage.[mart_returns]
GO

CREATE TABLE stage.[mart_returns] (
  [year_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [return_reason] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [department] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [category] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [channel] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [return_line_count] bigint NOT NULL,
  [return_unit_quantity] decimal(28,4) NOT NULL,
  [return_amount] decimal(28,4) NOT NULL,
  [return_tax_amount] decimal(28,4) NOT NULL,
  [reporting_return_amount] decimal(38,16) NOT NULL,
  [reporting_return_tax_amount] decimal(38,16) NOT NULL,
  [dated_return_line_count] bigint NOT NULL,
  [days_to_return] bigint NOT NULL,
  [unconverted_return_line_count] bigint NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [gross_amount] decimal(28,4) NOT NULL,
  [sales_amount] decimal(28,4) NOT NULL,
  [reporting_gross_amount] decimal(38,16) NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_returns] ([year_month] 1, [return_reason] 2, [department] 3, [category] 4, [channel] 5, [currency] 6, [return_line_count] 7, [return_unit_quantity] 8, [return_amount] 9, [return_tax_amount] 10, [reporting_return_amount] 11, [reporting_return_tax_amount] 12, [dated_return_line_count] 13, [days_to_return] 14, [unconverted_return_line_count] 15, [line_count] 16, [unit_quantity] 17, [gross_amount] 18, [sales_amount] 19, [reporting_gross_amount] 20, [reporting_sales_amount] 21)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_returns/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_returns]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [year_month], [return_reason], [department], [category], [channel], [currency], [return_line_count], [return_unit_quantity], [return_amount], [return_tax_amount], [reporting_return_amount], [reporting_return_tax_amount], [dated_return_line_count], [days_to_return], [unconverted_return_line_count], [line_count], [unit_quantity], [gross_amount], [sales_amount], [reporting_gross_amount], [reporting_sales_amount] FROM stage.[mart_returns]
GO

DROP TABLE stage.[mart_returns]
GO

CREATE STATISTICS [by_year_month] ON gold_a.[mart_returns] ([year_month])
GO

CREATE STATISTICS [by_currency] ON gold_a.[mart_returns] ([currency])
GO

IF OBJECT_ID('stage.mart_sales_bridge') IS NOT NULL DROP TABLE stage.[mart_sales_bridge]
GO

CREATE TABLE stage.[mart_sales_bridge] (
  [basis] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [date] date NOT NULL,
  [department] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [channel] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [ordered_line_count] bigint NOT NULL,
  [return_line_count] bigint NOT NULL,
  [ordered_amount] decimal(28,4) NOT NULL,
  [cancelled_amount] decimal(28,4) NOT NULL,
  [gross_amount] decimal(28,4) NOT NULL,
  [discount_amount] decimal(28,4) NOT NULL,
  [order_discount_amount] decimal(28,4) NOT NULL,
  [included_tax_amount] decimal(28,4) NOT NULL,
  [sales_amount] decimal(28,4) NOT NULL,
  [returned_amount] decimal(28,4) NOT NULL,
  [net_sales_amount] decimal(28,4) NOT NULL,
  [undated_returned_amount] decimal(28,4) NOT NULL,
  [reporting_ordered_amount] decimal(38,16) NOT NULL,
  [reporting_cancelled_amount] decimal(38,16) NOT NULL,
  [reporting_gross_amount] decimal(38,16) NOT NULL,
  [reporting_discount_amount] decimal(38,16) NOT NULL,
  [reporting_order_discount_amount] decimal(38,16) NOT NULL,
  [reporting_included_tax_amount] decimal(38,16) NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL,
  [reporting_returned_amount] decimal(38,16) NOT NULL,
  [reporting_net_sales_amount] decimal(38,16) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_sales_bridge] ([basis] 1, [date] 2, [department] 3, [channel] 4, [currency] 5, [ordered_line_count] 6, [return_line_count] 7, [ordered_amount] 8, [cancelled_amount] 9, [gross_amount] 10, [discount_amount] 11, [order_discount_amount] 12, [included_tax_amount] 13, [sales_amount] 14, [returned_amount] 15, [net_sales_amount] 16, [undated_returned_amount] 17, [reporting_ordered_amount] 18, [reporting_cancelled_amount] 19, [reporting_gross_amount] 20, [reporting_discount_amount] 21, [reporting_order_discount_amount] 22, [reporting_included_tax_amount] 23, [reporting_sales_amount] 24, [reporting_returned_amount] 25, [reporting_net_sales_amount] 26)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_sales_bridge/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_sales_bridge]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [basis], [date], [department], [channel], [currency], [ordered_line_count], [return_line_count], [ordered_amount], [cancelled_amount], [gross_amount], [discount_amount], [order_discount_amount], [included_tax_amount], [sales_amount], [returned_amount], [net_sales_amount], [undated_returned_amount], [reporting_ordered_amount], [reporting_cancelled_amount], [reporting_gross_amount], [reporting_discount_amount], [reporting_order_discount_amount], [reporting_included_tax_amount], [reporting_sales_amount], [reporting_returned_amount], [reporting_net_sales_amount] FROM stage.[mart_sales_bridge]
GO

DROP TABLE stage.[mart_sales_bridge]
GO

CREATE STATISTICS [by_currency] ON gold_a.[mart_sales_bridge] ([currency])
GO

IF OBJECT_ID('stage.mart_sales_daily') IS NOT NULL DROP TABLE stage.[mart_sales_daily]
GO

CREATE TABLE stage.[mart_sales_daily] (
  [order_date] date NOT NULL,
  [order_month] nvarchar(256) COLLATE Latin1_General_100_BIN2 NULL,
  [gender] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [age_band] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [income_band] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [household_size] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [children_count] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [home_ownership] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [marital_status] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [country] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [region] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [city] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [department] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [category] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [channel] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [currency] nvarchar(256) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [gross_amount] decimal(28,4) NOT NULL,
  [discount_amount] decimal(28,4) NOT NULL,
  [net_amount] decimal(28,4) NOT NULL,
  [sales_amount] decimal(28,4) NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_sales_daily] ([order_date] 1, [order_month] 2, [gender] 3, [age_band] 4, [income_band] 5, [household_size] 6, [children_count] 7, [home_ownership] 8, [marital_status] 9, [country] 10, [region] 11, [city] 12, [department] 13, [category] 14, [channel] 15, [currency] 16, [line_count] 17, [unit_quantity] 18, [gross_amount] 19, [discount_amount] 20, [net_amount] 21, [sales_amount] 22)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_sales_daily/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_sales_daily]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [order_date], [order_month], [gender], [age_band], [income_band], [household_size], [children_count], [home_ownership], [marital_status], [country], [region], [city], [department], [category], [channel], [currency], [line_count], [unit_quantity], [gross_amount], [discount_amount], [net_amount], [sales_amount] FROM stage.[mart_sales_daily]
GO

DROP TABLE stage.[mart_sales_daily]
GO

CREATE STATISTICS [by_order_date] ON gold_a.[mart_sales_daily] ([order_date])
GO

CREATE STATISTICS [by_order_month] ON gold_a.[mart_sales_daily] ([order_month])
GO

CREATE STATISTICS [by_currency] ON gold_a.[mart_sales_daily] ([currency])
GO

IF OBJECT_ID('stage.mart_shared_demographics') IS NOT NULL DROP TABLE stage.[mart_shared_demographics]
GO

CREATE TABLE stage.[mart_shared_demographics] (
  [period] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [attribute] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [attribute_value] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [second_attribute] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [second_value] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [department] nvarchar(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [buyer_count] bigint NULL,
  [reporting_sales_amount] decimal(38,16) NULL,
  [is_suppressed] bit NOT NULL
) WITH (DISTRIBUTION = ROUND_ROBIN, HEAP)
GO

COPY INTO stage.[mart_shared_demographics] ([period] 1, [attribute] 2, [attribute_value] 3, [second_attribute] 4, [second_value] 5, [department] 6, [buyer_count] 7, [reporting_sales_amount] 8, [is_suppressed] 9)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_shared_demographics/*.parquet'
WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))
GO

CREATE TABLE gold_a.[mart_shared_demographics]
WITH (
  DISTRIBUTION = ROUND_ROBIN,
  CLUSTERED COLUMNSTORE INDEX
)
AS SELECT [period], [attribute], [attribute_value], [second_attribute], [second_value], [department], [buyer_count], [reporting_sales_amount], [is_suppressed] FROM stage.[mart_shared_demographics]
GO

DROP TABLE stage.[mart_shared_demographics]
GO
