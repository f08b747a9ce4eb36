-- What a load makes aside, from the exported files of a state. Made from the contracts by `shoplake warehouse render`; don't edit.

CREATE TABLE gold.[customer_identity__next] (
  [customer_key] bigint NOT NULL,
  [person_key] bigint NOT NULL,
  [rule] varchar(8000) NOT NULL,
  [matched_customer_key] bigint NULL,
  [not_linked_by] varchar(8000) NULL
)
GO

COPY INTO gold.[customer_identity__next] ([customer_key] 1, [person_key] 2, [rule] 3, [matched_customer_key] 4, [not_linked_by] 5)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/customer_identity/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[customer_identity__next] ADD CONSTRAINT [key_customer_identity_$(number)] PRIMARY KEY NONCLUSTERED ([customer_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_customer_key] ON gold.[customer_identity__next] ([customer_key])
GO

CREATE STATISTICS [by_person_key] ON gold.[customer_identity__next] ([person_key])
GO

CREATE STATISTICS [by_matched_customer_key] ON gold.[customer_identity__next] ([matched_customer_key])
GO

CREATE TABLE gold.[dim_currency__next] (
  [currency] varchar(512) NOT NULL,
  [currency_name] varchar(8000) NOT NULL,
  [decimal_places] int NOT NULL,
  [is_reporting] bit NOT NULL
)
GO

COPY INTO gold.[dim_currency__next] ([currency] 1, [currency_name] 2, [decimal_places] 3, [is_reporting] 4)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_currency/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[dim_currency__next] ADD CONSTRAINT [key_dim_currency_$(number)] PRIMARY KEY NONCLUSTERED ([currency]) NOT ENFORCED
GO

CREATE STATISTICS [by_currency] ON gold.[dim_currency__next] ([currency])
GO

CREATE TABLE gold.[dim_customer__next] (
  [customer_version_key] bigint NOT NULL,
  [customer_key] bigint NOT NULL,
  [source] varchar(512) NOT NULL,
  [customer_id] varchar(512) NOT NULL,
  [birth_date] date NULL,
  [gender] varchar(8000) NOT NULL,
  [age_band] varchar(8000) NOT NULL,
  [income_band] varchar(8000) NOT NULL,
  [household_size] varchar(8000) NOT NULL,
  [children_count] varchar(8000) NOT NULL,
  [home_ownership] varchar(8000) NOT NULL,
  [marital_status] varchar(8000) NOT NULL,
  [country] varchar(8000) NOT NULL,
  [region] varchar(8000) NOT NULL,
  [city] varchar(8000) NOT NULL,
  [valid_from] date NOT NULL,
  [valid_to] date NOT NULL,
  [is_current] bit NOT NULL,
  [is_inferred] bit NOT NULL
)
GO

COPY INTO gold.[dim_customer__next] ([customer_version_key] 1, [customer_key] 2, [source] 3, [customer_id] 4, [birth_date] 5, [gender] 6, [age_band] 7, [income_band] 8, [household_size] 9, [children_count] 10, [home_ownership] 11, [marital_status] 12, [country] 13, [region] 14, [city] 15, [valid_from] 16, [valid_to] 17, [is_current] 18, [is_inferred] 19)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_customer/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[dim_customer__next] ADD CONSTRAINT [key_dim_customer_$(number)] PRIMARY KEY NONCLUSTERED ([customer_version_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_customer_version_key] ON gold.[dim_customer__next] ([customer_version_key])
GO

CREATE STATISTICS [by_customer_key] ON gold.[dim_customer__next] ([customer_key])
GO

CREATE STATISTICS [by_source] ON gold.[dim_customer__next] ([source])
GO

CREATE STATISTICS [by_customer_id] ON gold.[dim_customer__next] ([customer_id])
GO

CREATE STATISTICS [by_birth_date] ON gold.[dim_customer__next] ([birth_date])
GO

CREATE TABLE gold.[dim_date__next] (
  [date] date NOT NULL,
  [year] int NOT NULL,
  [quarter] int NOT NULL,
  [month] int NOT NULL,
  [month_name] varchar(8000) NOT NULL,
  [year_month] varchar(512) NOT NULL,
  [year_quarter] varchar(8000) NOT NULL,
  [day_of_month] int NOT NULL,
  [iso_year] int NOT NULL,
  [iso_week] int NOT NULL,
  [year_week] varchar(8000) NOT NULL,
  [day_of_week] int NOT NULL,
  [day_name] varchar(8000) NOT NULL,
  [is_weekend] bit NOT NULL,
  [fiscal_year] int NOT NULL,
  [fiscal_quarter] int NOT NULL,
  [fiscal_period] int NOT NULL,
  [fiscal_week] int NOT NULL,
  [is_holiday] bit NOT NULL,
  [holiday_names] varchar(8000) NULL,
  [relative_day] int NOT NULL,
  [relative_week] int NOT NULL,
  [relative_month] int NOT NULL,
  [relative_year] int NOT NULL
)
GO

COPY INTO gold.[dim_date__next] ([date] 1, [year] 2, [quarter] 3, [month] 4, [month_name] 5, [year_month] 6, [year_quarter] 7, [day_of_month] 8, [iso_year] 9, [iso_week] 10, [year_week] 11, [day_of_week] 12, [day_name] 13, [is_weekend] 14, [fiscal_year] 15, [fiscal_quarter] 16, [fiscal_period] 17, [fiscal_week] 18, [is_holiday] 19, [holiday_names] 20, [relative_day] 21, [relative_week] 22, [relative_month] 23, [relative_year] 24)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_date/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[dim_date__next] ADD CONSTRAINT [key_dim_date_$(number)] PRIMARY KEY NONCLUSTERED ([date]) NOT ENFORCED
GO

CREATE STATISTICS [by_year_month] ON gold.[dim_date__next] ([year_month])
GO

CREATE STATISTICS [by_day_of_month] ON gold.[dim_date__next] ([day_of_month])
GO

CREATE STATISTICS [by_relative_month] ON gold.[dim_date__next] ([relative_month])
GO

CREATE TABLE gold.[dim_product__next] (
  [product_version_key] bigint NOT NULL,
  [product_key] bigint NOT NULL,
  [source] varchar(512) NOT NULL,
  [product_id] varchar(512) NOT NULL,
  [name] varchar(8000) NOT NULL,
  [department] varchar(8000) NOT NULL,
  [category] varchar(8000) NOT NULL,
  [subcategory] varchar(8000) NOT NULL,
  [brand] varchar(8000) NOT NULL,
  [list_price] decimal(18,4) NULL,
  [unit_cost] decimal(18,4) NULL,
  [price_currency] varchar(8000) NULL,
  [valid_from] date NOT NULL,
  [valid_to] date NOT NULL,
  [is_current] bit NOT NULL,
  [is_inferred] bit NOT NULL
)
GO

COPY INTO gold.[dim_product__next] ([product_version_key] 1, [product_key] 2, [source] 3, [product_id] 4, [name] 5, [department] 6, [category] 7, [subcategory] 8, [brand] 9, [list_price] 10, [unit_cost] 11, [price_currency] 12, [valid_from] 13, [valid_to] 14, [is_current] 15, [is_inferred] 16)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_product/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[dim_product__next] ADD CONSTRAINT [key_dim_product_$(number)] PRIMARY KEY NONCLUSTERED ([product_version_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_product_version_key] ON gold.[dim_product__next] ([product_version_key])
GO

CREATE STATISTICS [by_product_key] ON gold.[dim_product__next] ([product_key])
GO

CREATE STATISTICS [by_source] ON gold.[dim_product__next] ([source])
GO

CREATE STATISTICS [by_product_id] ON gold.[dim_product__next] ([product_id])
GO

CREATE TABLE gold.[dim_promotion__next] (
  [promotion_key] bigint NOT NULL,
  [source] varchar(512) NOT NULL,
  [promotion_id] varchar(512) NOT NULL,
  [promotion_name] varchar(8000) NOT NULL,
  [promotion_type] varchar(8000) NOT NULL,
  [discount_rate] decimal(9,6) NULL,
  [starts_on] date NULL,
  [ends_on] date NULL,
  [is_inferred] bit NOT NULL
)
GO

COPY INTO gold.[dim_promotion__next] ([promotion_key] 1, [source] 2, [promotion_id] 3, [promotion_name] 4, [promotion_type] 5, [discount_rate] 6, [starts_on] 7, [ends_on] 8, [is_inferred] 9)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_promotion/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[dim_promotion__next] ADD CONSTRAINT [key_dim_promotion_$(number)] PRIMARY KEY NONCLUSTERED ([promotion_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_promotion_key] ON gold.[dim_promotion__next] ([promotion_key])
GO

CREATE STATISTICS [by_source] ON gold.[dim_promotion__next] ([source])
GO

CREATE STATISTICS [by_promotion_id] ON gold.[dim_promotion__next] ([promotion_id])
GO

CREATE TABLE gold.[dim_store__next] (
  [store_key] bigint NOT NULL,
  [source] varchar(512) NOT NULL,
  [store_id] varchar(512) NOT NULL,
  [store_name] varchar(8000) NOT NULL,
  [store_country] varchar(8000) NOT NULL,
  [store_region] varchar(8000) NOT NULL,
  [store_city] varchar(8000) NOT NULL,
  [store_time_zone] varchar(8000) NULL,
  [is_inferred] bit NOT NULL
)
GO

COPY INTO gold.[dim_store__next] ([store_key] 1, [source] 2, [store_id] 3, [store_name] 4, [store_country] 5, [store_region] 6, [store_city] 7, [store_time_zone] 8, [is_inferred] 9)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/dim_store/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[dim_store__next] ADD CONSTRAINT [key_dim_store_$(number)] PRIMARY KEY NONCLUSTERED ([store_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_store_key] ON gold.[dim_store__next] ([store_key])
GO

CREATE STATISTICS [by_source] ON gold.[dim_store__next] ([source])
GO

CREATE STATISTICS [by_store_id] ON gold.[dim_store__next] ([store_id])
GO

CREATE TABLE gold.[fact_exchange_rate__next] (
  [currency] varchar(512) NOT NULL,
  [rate_date] date NOT NULL,
  [rate] decimal(19,12) NOT NULL,
  [reporting_currency] varchar(8000) NOT NULL,
  [quoted_on] date NOT NULL
)
GO

COPY INTO gold.[fact_exchange_rate__next] ([currency] 1, [rate_date] 2, [rate] 3, [reporting_currency] 4, [quoted_on] 5)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_exchange_rate/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[fact_exchange_rate__next] ADD CONSTRAINT [key_fact_exchange_rate_$(number)] PRIMARY KEY NONCLUSTERED ([currency], [rate_date]) NOT ENFORCED
GO

CREATE STATISTICS [by_currency] ON gold.[fact_exchange_rate__next] ([currency])
GO

CREATE STATISTICS [by_rate_date] ON gold.[fact_exchange_rate__next] ([rate_date])
GO

CREATE TABLE gold.[fact_marketing_costs__next] (
  [source] varchar(512) NOT NULL,
  [marketing_cost_id] varchar(512) NOT NULL,
  [cost_date] date NOT NULL,
  [rate_date] date NOT NULL,
  [channel] varchar(8000) NULL,
  [campaign_name] varchar(8000) NULL,
  [marketing_cost_amount] decimal(18,4) NOT NULL,
  [currency] varchar(512) NOT NULL
)
GO

COPY INTO gold.[fact_marketing_costs__next] ([source] 1, [marketing_cost_id] 2, [cost_date] 3, [rate_date] 4, [channel] 5, [campaign_name] 6, [marketing_cost_amount] 7, [currency] 8)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_marketing_costs/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[fact_marketing_costs__next] ADD CONSTRAINT [key_fact_marketing_costs_$(number)] PRIMARY KEY NONCLUSTERED ([source], [marketing_cost_id]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold.[fact_marketing_costs__next] ([source])
GO

CREATE STATISTICS [by_marketing_cost_id] ON gold.[fact_marketing_costs__next] ([marketing_cost_id])
GO

CREATE STATISTICS [by_cost_date] ON gold.[fact_marketing_costs__next] ([cost_date])
GO

CREATE STATISTICS [by_rate_date] ON gold.[fact_marketing_costs__next] ([rate_date])
GO

CREATE STATISTICS [by_currency] ON gold.[fact_marketing_costs__next] ([currency])
GO

CREATE TABLE gold.[fact_payments__next] (
  [source] varchar(512) NOT NULL,
  [order_id] varchar(512) NOT NULL,
  [payment_number] int NOT NULL,
  [order_date] date NULL,
  [payment_date] date NULL,
  [payment_month] varchar(512) NULL,
  [rate_date] date NULL,
  [customer_key] bigint NOT NULL,
  [store_key] bigint NOT NULL,
  [channel] varchar(8000) NULL,
  [is_test] bit NULL,
  [payment_method] varchar(8000) NULL,
  [payment_amount] decimal(18,4) NOT NULL,
  [currency] varchar(512) NOT NULL
)
GO

COPY INTO gold.[fact_payments__next] ([source] 1, [order_id] 2, [payment_number] 3, [order_date] 4, [payment_date] 5, [payment_month] 6, [rate_date] 7, [customer_key] 8, [store_key] 9, [channel] 10, [is_test] 11, [payment_method] 12, [payment_amount] 13, [currency] 14)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_payments/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[fact_payments__next] ADD CONSTRAINT [key_fact_payments_$(number)] PRIMARY KEY NONCLUSTERED ([source], [order_id], [payment_number]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold.[fact_payments__next] ([source])
GO

CREATE STATISTICS [by_order_id] ON gold.[fact_payments__next] ([order_id])
GO

CREATE STATISTICS [by_order_date] ON gold.[fact_payments__next] ([order_date])
GO

CREATE STATISTICS [by_payment_date] ON gold.[fact_payments__next] ([payment_date])
GO

CREATE STATISTICS [by_payment_month] ON gold.[fact_payments__next] ([payment_month])
GO

CREATE STATISTICS [by_rate_date] ON gold.[fact_payments__next] ([rate_date])
GO

CREATE STATISTICS [by_customer_key] ON gold.[fact_payments__next] ([customer_key])
GO

CREATE STATISTICS [by_store_key] ON gold.[fact_payments__next] ([store_key])
GO

CREATE STATISTICS [by_currency] ON gold.[fact_payments__next] ([currency])
GO

CREATE TABLE gold.[fact_redemptions__next] (
  [source] varchar(512) NOT NULL,
  [redemption_id] varchar(512) NOT NULL,
  [redemption_date] date NOT NULL,
  [customer_key] bigint NOT NULL,
  [promotion_key] bigint NOT NULL,
  [coupon_code] varchar(8000) NULL
)
GO

COPY INTO gold.[fact_redemptions__next] ([source] 1, [redemption_id] 2, [redemption_date] 3, [customer_key] 4, [promotion_key] 5, [coupon_code] 6)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_redemptions/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[fact_redemptions__next] ADD CONSTRAINT [key_fact_redemptions_$(number)] PRIMARY KEY NONCLUSTERED ([source], [redemption_id]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold.[fact_redemptions__next] ([source])
GO

CREATE STATISTICS [by_redemption_id] ON gold.[fact_redemptions__next] ([redemption_id])
GO

CREATE STATISTICS [by_redemption_date] ON gold.[fact_redemptions__next] ([redemption_date])
GO

CREATE STATISTICS [by_customer_key] ON gold.[fact_redemptions__next] ([customer_key])
GO

CREATE STATISTICS [by_promotion_key] ON gold.[fact_redemptions__next] ([promotion_key])
GO

CREATE TABLE gold.[fact_returns__next] (
  [source] varchar(512) NOT NULL,
  [return_id] varchar(512) NOT NULL,
  [line_number] int NOT NULL,
  [order_id] varchar(512) NULL,
  [return_date] date NOT NULL,
  [return_month] varchar(512) NULL,
  [returned_at] datetime2(6) NULL,
  [order_date] date NULL,
  [rate_date] date NOT NULL,
  [customer_key] bigint NOT NULL,
  [customer_version_key] bigint NOT NULL,
  [product_key] bigint NOT NULL,
  [product_version_key] bigint NOT NULL,
  [store_key] bigint NOT NULL,
  [channel] varchar(8000) NULL,
  [currency] varchar(512) NOT NULL,
  [is_test] bit NULL,
  [age_band] varchar(8000) NOT NULL,
  [return_quantity] decimal(18,4) NULL,
  [return_amount] decimal(18,4) NOT NULL,
  [return_tax_amount] decimal(18,4) NOT NULL,
  [return_reason] varchar(8000) NULL,
  [is_merchandise] bit NOT NULL
)
GO

COPY INTO gold.[fact_returns__next] ([source] 1, [return_id] 2, [line_number] 3, [order_id] 4, [return_date] 5, [return_month] 6, [returned_at] 7, [order_date] 8, [rate_date] 9, [customer_key] 10, [customer_version_key] 11, [product_key] 12, [product_version_key] 13, [store_key] 14, [channel] 15, [currency] 16, [is_test] 17, [age_band] 18, [return_quantity] 19, [return_amount] 20, [return_tax_amount] 21, [return_reason] 22, [is_merchandise] 23)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_returns/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[fact_returns__next] ADD CONSTRAINT [key_fact_returns_$(number)] PRIMARY KEY NONCLUSTERED ([source], [return_id], [line_number]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold.[fact_returns__next] ([source])
GO

CREATE STATISTICS [by_return_id] ON gold.[fact_returns__next] ([return_id])
GO

CREATE STATISTICS [by_order_id] ON gold.[fact_returns__next] ([order_id])
GO

CREATE STATISTICS [by_return_date] ON gold.[fact_returns__next] ([return_date])
GO

CREATE STATISTICS [by_return_month] ON gold.[fact_returns__next] ([return_month])
GO

CREATE STATISTICS [by_order_date] ON gold.[fact_returns__next] ([order_date])
GO

CREATE STATISTICS [by_rate_date] ON gold.[fact_returns__next] ([rate_date])
GO

CREATE STATISTICS [by_customer_key] ON gold.[fact_returns__next] ([customer_key])
GO

CREATE STATISTICS [by_customer_version_key] ON gold.[fact_returns__next] ([customer_version_key])
GO

CREATE STATISTICS [by_product_key] ON gold.[fact_returns__next] ([product_key])
GO

CREATE STATISTICS [by_product_version_key] ON gold.[fact_returns__next] ([product_version_key])
GO

CREATE STATISTICS [by_store_key] ON gold.[fact_returns__next] ([store_key])
GO

CREATE STATISTICS [by_currency] ON gold.[fact_returns__next] ([currency])
GO

CREATE TABLE gold.[fact_sales__next] (
  [source] varchar(512) NOT NULL,
  [order_id] varchar(512) NOT NULL,
  [line_number] int NOT NULL,
  [order_date] date NULL,
  [order_month] varchar(512) NULL,
  [ordered_at] datetime2(6) NULL,
  [rate_date] date NULL,
  [customer_key] bigint NOT NULL,
  [customer_version_key] bigint NOT NULL,
  [product_key] bigint NOT NULL,
  [product_version_key] bigint NOT NULL,
  [store_key] bigint NOT NULL,
  [promotion_key] bigint NOT NULL,
  [counts_as] varchar(8000) NOT NULL,
  [status] varchar(8000) NULL,
  [channel] varchar(8000) NULL,
  [currency] varchar(512) NULL,
  [is_test] bit NULL,
  [is_guest] bit NULL,
  [age_band] varchar(8000) NOT NULL,
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
)
GO

COPY INTO gold.[fact_sales__next] ([source] 1, [order_id] 2, [line_number] 3, [order_date] 4, [order_month] 5, [ordered_at] 6, [rate_date] 7, [customer_key] 8, [customer_version_key] 9, [product_key] 10, [product_version_key] 11, [store_key] 12, [promotion_key] 13, [counts_as] 14, [status] 15, [channel] 16, [currency] 17, [is_test] 18, [is_guest] 19, [age_band] 20, [quantity] 21, [gross_amount] 22, [discount_amount] 23, [net_amount] 24, [order_discount_amount] 25, [tax_amount] 26, [shipping_amount] 27, [shipping_cost_amount] 28, [included_tax_amount] 29, [sales_amount] 30, [is_merchandise] 31)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/fact_sales/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[fact_sales__next] ADD CONSTRAINT [key_fact_sales_$(number)] PRIMARY KEY NONCLUSTERED ([source], [order_id], [line_number]) NOT ENFORCED
GO

CREATE STATISTICS [by_source] ON gold.[fact_sales__next] ([source])
GO

CREATE STATISTICS [by_order_id] ON gold.[fact_sales__next] ([order_id])
GO

CREATE STATISTICS [by_order_date] ON gold.[fact_sales__next] ([order_date])
GO

CREATE STATISTICS [by_order_month] ON gold.[fact_sales__next] ([order_month])
GO

CREATE STATISTICS [by_rate_date] ON gold.[fact_sales__next] ([rate_date])
GO

CREATE STATISTICS [by_customer_key] ON gold.[fact_sales__next] ([customer_key])
GO

CREATE STATISTICS [by_customer_version_key] ON gold.[fact_sales__next] ([customer_version_key])
GO

CREATE STATISTICS [by_product_key] ON gold.[fact_sales__next] ([product_key])
GO

CREATE STATISTICS [by_product_version_key] ON gold.[fact_sales__next] ([product_version_key])
GO

CREATE STATISTICS [by_store_key] ON gold.[fact_sales__next] ([store_key])
GO

CREATE STATISTICS [by_promotion_key] ON gold.[fact_sales__next] ([promotion_key])
GO

CREATE STATISTICS [by_currency] ON gold.[fact_sales__next] ([currency])
GO

CREATE TABLE gold.[mart_affinity__next] (
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
)
GO

COPY INTO gold.[mart_affinity__next] ([product_key] 1, [other_product_key] 2, [pair_order_count] 3, [product_order_count] 4, [other_product_order_count] 5, [all_order_count] 6, [support] 7, [confidence] 8, [other_confidence] 9, [lift] 10)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_affinity/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[mart_affinity__next] ADD CONSTRAINT [key_mart_affinity_$(number)] PRIMARY KEY NONCLUSTERED ([product_key], [other_product_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_product_key] ON gold.[mart_affinity__next] ([product_key])
GO

CREATE STATISTICS [by_other_product_key] ON gold.[mart_affinity__next] ([other_product_key])
GO

CREATE TABLE gold.[mart_buyers__next] (
  [order_month] varchar(512) NULL,
  [attribute] varchar(8000) NOT NULL,
  [attribute_value] varchar(8000) NOT NULL,
  [buyer_count] bigint NOT NULL,
  [order_count] bigint NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [unconverted_line_count] bigint NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL
)
GO

COPY INTO gold.[mart_buyers__next] ([order_month] 1, [attribute] 2, [attribute_value] 3, [buyer_count] 4, [order_count] 5, [line_count] 6, [unit_quantity] 7, [unconverted_line_count] 8, [reporting_sales_amount] 9)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_buyers/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

CREATE STATISTICS [by_order_month] ON gold.[mart_buyers__next] ([order_month])
GO

CREATE TABLE gold.[mart_cohort__next] (
  [cohort_month] varchar(512) NOT NULL,
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
)
GO

COPY INTO gold.[mart_cohort__next] ([cohort_month] 1, [months_since_first] 2, [customer_count] 3, [active_customer_count] 4, [order_count] 5, [line_count] 6, [unconverted_line_count] 7, [reporting_sales_amount] 8, [return_line_count] 9, [unconverted_return_line_count] 10, [reporting_return_amount] 11)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_cohort/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[mart_cohort__next] ADD CONSTRAINT [key_mart_cohort_$(number)] PRIMARY KEY NONCLUSTERED ([cohort_month], [months_since_first]) NOT ENFORCED
GO

CREATE STATISTICS [by_cohort_month] ON gold.[mart_cohort__next] ([cohort_month])
GO

CREATE TABLE gold.[mart_customer__next] (
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
  [cohort_month] varchar(512) NOT NULL,
  [recency_days] int NOT NULL,
  [recency_score] int NOT NULL,
  [frequency_score] int NOT NULL,
  [monetary_score] int NOT NULL,
  [segment] varchar(8000) NOT NULL,
  [customer_type] varchar(8000) NOT NULL,
  [churn_status] varchar(8000) NOT NULL
)
GO

COPY INTO gold.[mart_customer__next] ([customer_key] 1, [order_count] 2, [line_count] 3, [unit_quantity] 4, [unconverted_line_count] 5, [reporting_gross_amount] 6, [reporting_discount_amount] 7, [reporting_net_amount] 8, [reporting_sales_amount] 9, [return_line_count] 10, [unconverted_return_line_count] 11, [reporting_return_amount] 12, [first_order_date] 13, [last_order_date] 14, [cohort_month] 15, [recency_days] 16, [recency_score] 17, [frequency_score] 18, [monetary_score] 19, [segment] 20, [customer_type] 21, [churn_status] 22)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_customer/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[mart_customer__next] ADD CONSTRAINT [key_mart_customer_$(number)] PRIMARY KEY NONCLUSTERED ([customer_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_customer_key] ON gold.[mart_customer__next] ([customer_key])
GO

CREATE STATISTICS [by_first_order_date] ON gold.[mart_customer__next] ([first_order_date])
GO

CREATE STATISTICS [by_last_order_date] ON gold.[mart_customer__next] ([last_order_date])
GO

CREATE STATISTICS [by_cohort_month] ON gold.[mart_customer__next] ([cohort_month])
GO

CREATE TABLE gold.[mart_customer_day__next] (
  [order_date] date NOT NULL,
  [order_month] varchar(512) NULL,
  [customer_key] bigint NOT NULL,
  [customer_version_key] bigint NOT NULL,
  [age_band] varchar(8000) NOT NULL,
  [currency] varchar(512) NOT NULL,
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
)
GO

COPY INTO gold.[mart_customer_day__next] ([order_date] 1, [order_month] 2, [customer_key] 3, [customer_version_key] 4, [age_band] 5, [currency] 6, [order_count] 7, [line_count] 8, [unit_quantity] 9, [gross_amount] 10, [discount_amount] 11, [net_amount] 12, [sales_amount] 13, [unconverted_line_count] 14, [reporting_gross_amount] 15, [reporting_discount_amount] 16, [reporting_net_amount] 17, [reporting_sales_amount] 18)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_customer_day/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[mart_customer_day__next] ADD CONSTRAINT [key_mart_customer_day_$(number)] PRIMARY KEY NONCLUSTERED ([order_date], [customer_key], [currency]) NOT ENFORCED
GO

CREATE STATISTICS [by_order_date] ON gold.[mart_customer_day__next] ([order_date])
GO

CREATE STATISTICS [by_order_month] ON gold.[mart_customer_day__next] ([order_month])
GO

CREATE STATISTICS [by_customer_key] ON gold.[mart_customer_day__next] ([customer_key])
GO

CREATE STATISTICS [by_customer_version_key] ON gold.[mart_customer_day__next] ([customer_version_key])
GO

CREATE STATISTICS [by_currency] ON gold.[mart_customer_day__next] ([currency])
GO

CREATE TABLE gold.[mart_customer_department__next] (
  [order_month] varchar(512) NULL,
  [customer_key] bigint NOT NULL,
  [customer_version_key] bigint NOT NULL,
  [age_band] varchar(8000) NOT NULL,
  [department] varchar(8000) NOT NULL,
  [line_count] bigint NOT NULL,
  [unconverted_line_count] bigint NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL
)
GO

COPY INTO gold.[mart_customer_department__next] ([order_month] 1, [customer_key] 2, [customer_version_key] 3, [age_band] 4, [department] 5, [line_count] 6, [unconverted_line_count] 7, [reporting_sales_amount] 8)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_customer_department/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

CREATE STATISTICS [by_order_month] ON gold.[mart_customer_department__next] ([order_month])
GO

CREATE STATISTICS [by_customer_key] ON gold.[mart_customer_department__next] ([customer_key])
GO

CREATE STATISTICS [by_customer_version_key] ON gold.[mart_customer_department__next] ([customer_version_key])
GO

CREATE TABLE gold.[mart_demographics__next] (
  [year_month] varchar(512) NOT NULL,
  [attribute] varchar(8000) NOT NULL,
  [attribute_value] varchar(8000) NOT NULL,
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
)
GO

COPY INTO gold.[mart_demographics__next] ([year_month] 1, [attribute] 2, [attribute_value] 3, [population] 4, [buyer_count] 5, [order_count] 6, [line_count] 7, [unit_quantity] 8, [unconverted_line_count] 9, [reporting_sales_amount] 10, [population_before] 11, [buyer_count_before] 12, [reporting_sales_before_amount] 13, [reporting_population_effect_amount] 14, [reporting_penetration_effect_amount] 15, [reporting_spend_effect_amount] 16)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_demographics/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

CREATE STATISTICS [by_year_month] ON gold.[mart_demographics__next] ([year_month])
GO

CREATE TABLE gold.[mart_ordered_daily__next] (
  [order_date] date NOT NULL,
  [order_month] varchar(512) NULL,
  [department] varchar(8000) NOT NULL,
  [category] varchar(8000) NOT NULL,
  [channel] varchar(8000) NOT NULL,
  [currency] varchar(512) NOT NULL,
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
)
GO

COPY INTO gold.[mart_ordered_daily__next] ([order_date] 1, [order_month] 2, [department] 3, [category] 4, [channel] 5, [currency] 6, [ordered_line_count] 7, [line_count] 8, [unit_quantity] 9, [ordered_amount] 10, [cancelled_amount] 11, [gross_amount] 12, [discount_amount] 13, [order_discount_amount] 14, [included_tax_amount] 15, [sales_amount] 16, [reporting_ordered_amount] 17, [reporting_cancelled_amount] 18, [reporting_gross_amount] 19, [reporting_discount_amount] 20, [reporting_order_discount_amount] 21, [reporting_included_tax_amount] 22, [reporting_sales_amount] 23, [unconverted_line_count] 24)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_ordered_daily/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

CREATE STATISTICS [by_order_date] ON gold.[mart_ordered_daily__next] ([order_date])
GO

CREATE STATISTICS [by_order_month] ON gold.[mart_ordered_daily__next] ([order_month])
GO

CREATE STATISTICS [by_currency] ON gold.[mart_ordered_daily__next] ([currency])
GO

CREATE TABLE gold.[mart_product__next] (
  [product_key] bigint NOT NULL,
  [order_month] varchar(512) NOT NULL,
  [currency] varchar(512) NOT NULL,
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
)
GO

COPY INTO gold.[mart_product__next] ([product_key] 1, [order_month] 2, [currency] 3, [line_count] 4, [unit_quantity] 5, [gross_amount] 6, [discount_amount] 7, [net_amount] 8, [sales_amount] 9, [reporting_gross_amount] 10, [reporting_sales_amount] 11, [reporting_cost_amount] 12, [reporting_costed_sales_amount] 13, [costed_line_count] 14, [converted_unit_quantity] 15, [unconverted_line_count] 16)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_product/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[mart_product__next] ADD CONSTRAINT [key_mart_product_$(number)] PRIMARY KEY NONCLUSTERED ([product_key], [order_month], [currency]) NOT ENFORCED
GO

CREATE STATISTICS [by_product_key] ON gold.[mart_product__next] ([product_key])
GO

CREATE STATISTICS [by_order_month] ON gold.[mart_product__next] ([order_month])
GO

CREATE STATISTICS [by_currency] ON gold.[mart_product__next] ([currency])
GO

CREATE TABLE gold.[mart_product_class__next] (
  [product_key] bigint NOT NULL,
  [from_month] varchar(512) NOT NULL,
  [to_month] varchar(512) NOT NULL,
  [line_count] bigint NOT NULL,
  [converted_unit_quantity] decimal(28,4) NOT NULL,
  [reporting_sales_amount] decimal(38,16) NOT NULL,
  [reporting_cost_amount] decimal(38,16) NOT NULL,
  [reporting_costed_sales_amount] decimal(38,16) NOT NULL,
  [reporting_margin_amount] decimal(38,16) NOT NULL,
  [sales_rank] int NULL,
  [abc_class] varchar(8000) NOT NULL,
  [previous_unit_quantity] decimal(28,4) NOT NULL,
  [reporting_previous_sales_amount] decimal(38,16) NOT NULL,
  [reporting_volume_effect_amount] decimal(38,16) NOT NULL,
  [reporting_price_effect_amount] decimal(38,16) NOT NULL,
  [reporting_new_effect_amount] decimal(38,16) NOT NULL,
  [reporting_vanished_effect_amount] decimal(38,16) NOT NULL,
  [reporting_other_effect_amount] decimal(38,16) NOT NULL
)
GO

COPY INTO gold.[mart_product_class__next] ([product_key] 1, [from_month] 2, [to_month] 3, [line_count] 4, [converted_unit_quantity] 5, [reporting_sales_amount] 6, [reporting_cost_amount] 7, [reporting_costed_sales_amount] 8, [reporting_margin_amount] 9, [sales_rank] 10, [abc_class] 11, [previous_unit_quantity] 12, [reporting_previous_sales_amount] 13, [reporting_volume_effect_amount] 14, [reporting_price_effect_amount] 15, [reporting_new_effect_amount] 16, [reporting_vanished_effect_amount] 17, [reporting_other_effect_amount] 18)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_product_class/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

ALTER TABLE gold.[mart_product_class__next] ADD CONSTRAINT [key_mart_product_class_$(number)] PRIMARY KEY NONCLUSTERED ([product_key]) NOT ENFORCED
GO

CREATE STATISTICS [by_product_key] ON gold.[mart_product_class__next] ([product_key])
GO

CREATE STATISTICS [by_from_month] ON gold.[mart_product_class__next] ([from_month])
GO

CREATE STATISTICS [by_to_month] ON gold.[mart_product_class__next] ([to_month])
GO

CREATE TABLE gold.[mart_restatement__next] (
  [closed_month] varchar(512) NOT NULL,
  [department] varchar(8000) NOT NULL,
  [channel] varchar(8000) NOT NULL,
  [currency] varchar(512) NOT NULL,
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
)
GO

COPY INTO gold.[mart_restatement__next] ([closed_month] 1, [department] 2, [channel] 3, [currency] 4, [closed_state] 5, [closed_as_of] 6, [closed_unit_quantity] 7, [current_unit_quantity] 8, [restated_unit_quantity] 9, [closed_gross_amount] 10, [current_gross_amount] 11, [restated_gross_amount] 12, [closed_discount_amount] 13, [current_discount_amount] 14, [restated_discount_amount] 15, [closed_net_amount] 16, [current_net_amount] 17, [restated_net_amount] 18, [closed_sales_amount] 19, [current_sales_amount] 20, [restated_sales_amount] 21, [closed_return_quantity] 22, [current_return_quantity] 23, [restated_return_quantity] 24, [closed_return_amount] 25, [current_return_amount] 26, [restated_return_amount] 27)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_restatement/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

CREATE STATISTICS [by_closed_month] ON gold.[mart_restatement__next] ([closed_month])
GO

CREATE STATISTICS [by_currency] ON gold.[mart_restatement__next] ([currency])
GO

CREATE TABLE gold.[mart_returns__next] (
  [year_month] varchar(512) NOT NULL,
  [return_reason] varchar(8000) NOT NULL,
  [department] varchar(8000) NOT NULL,
  [category] varchar(8000) NOT NULL,
  [channel] varchar(8000) NOT NULL,
  [currency] varchar(512) NOT NULL,
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
)
GO

COPY INTO gold.[mart_returns__next] ([year_month] 1, [return_reason] 2, [department] 3, [category] 4, [channel] 5, [currency] 6, [return_line_count] 7, [return_unit_quantity] 8, [return_amount] 9, [return_tax_amount] 10, [reporting_return_amount] 11, [reporting_return_tax_amount] 12, [dated_return_line_count] 13, [days_to_return] 14, [unconverted_return_line_count] 15, [line_count] 16, [unit_quantity] 17, [gross_amount] 18, [sales_amount] 19, [reporting_gross_amount] 20, [reporting_sales_amount] 21)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_returns/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

CREATE STATISTICS [by_year_month] ON gold.[mart_returns__next] ([year_month])
GO

CREATE STATISTICS [by_currency] ON gold.[mart_returns__next] ([currency])
GO

CREATE TABLE gold.[mart_sales_bridge__next] (
  [basis] varchar(8000) NOT NULL,
  [date] date NOT NULL,
  [department] varchar(8000) NOT NULL,
  [channel] varchar(8000) NOT NULL,
  [currency] varchar(512) NOT NULL,
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
)
GO

COPY INTO gold.[mart_sales_bridge__next] ([basis] 1, [date] 2, [department] 3, [channel] 4, [currency] 5, [ordered_line_count] 6, [return_line_count] 7, [ordered_amount] 8, [cancelled_amount] 9, [gross_amount] 10, [discount_amount] 11, [order_discount_amount] 12, [included_tax_amount] 13, [sales_amount] 14, [returned_amount] 15, [net_sales_amount] 16, [undated_returned_amount] 17, [reporting_ordered_amount] 18, [reporting_cancelled_amount] 19, [reporting_gross_amount] 20, [reporting_discount_amount] 21, [reporting_order_discount_amount] 22, [reporting_included_tax_amount] 23, [reporting_sales_amount] 24, [reporting_returned_amount] 25, [reporting_net_sales_amount] 26)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_sales_bridge/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

CREATE STATISTICS [by_currency] ON gold.[mart_sales_bridge__next] ([currency])
GO

CREATE TABLE gold.[mart_sales_daily__next] (
  [order_date] date NOT NULL,
  [order_month] varchar(512) NULL,
  [gender] varchar(8000) NOT NULL,
  [age_band] varchar(8000) NOT NULL,
  [income_band] varchar(8000) NOT NULL,
  [household_size] varchar(8000) NOT NULL,
  [children_count] varchar(8000) NOT NULL,
  [home_ownership] varchar(8000) NOT NULL,
  [marital_status] varchar(8000) NOT NULL,
  [country] varchar(8000) NOT NULL,
  [region] varchar(8000) NOT NULL,
  [city] varchar(8000) NOT NULL,
  [department] varchar(8000) NOT NULL,
  [category] varchar(8000) NOT NULL,
  [channel] varchar(8000) NOT NULL,
  [currency] varchar(512) NOT NULL,
  [line_count] bigint NOT NULL,
  [unit_quantity] decimal(28,4) NOT NULL,
  [gross_amount] decimal(28,4) NOT NULL,
  [discount_amount] decimal(28,4) NOT NULL,
  [net_amount] decimal(28,4) NOT NULL,
  [sales_amount] decimal(28,4) NOT NULL
)
GO

COPY INTO gold.[mart_sales_daily__next] ([order_date] 1, [order_month] 2, [gender] 3, [age_band] 4, [income_band] 5, [household_size] 6, [children_count] 7, [home_ownership] 8, [marital_status] 9, [country] 10, [region] 11, [city] 12, [department] 13, [category] 14, [channel] 15, [currency] 16, [line_count] 17, [unit_quantity] 18, [gross_amount] 19, [discount_amount] 20, [net_amount] 21, [sales_amount] 22)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_sales_daily/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO

CREATE STATISTICS [by_order_date] ON gold.[mart_sales_daily__next] ([order_date])
GO

CREATE STATISTICS [by_order_month] ON gold.[mart_sales_daily__next] ([order_month])
GO

CREATE STATISTICS [by_currency] ON gold.[mart_sales_daily__next] ([currency])
GO

CREATE TABLE gold.[mart_shared_demographics__next] (
  [period] varchar(8000) NOT NULL,
  [attribute] varchar(8000) NOT NULL,
  [attribute_value] varchar(8000) NOT NULL,
  [second_attribute] varchar(8000) NOT NULL,
  [second_value] varchar(8000) NOT NULL,
  [department] varchar(8000) NOT NULL,
  [buyer_count] bigint NULL,
  [reporting_sales_amount] decimal(38,16) NULL,
  [is_suppressed] bit NOT NULL
)
GO

COPY INTO gold.[mart_shared_demographics__next] ([period] 1, [attribute] 2, [attribute_value] 3, [second_attribute] 4, [second_value] 5, [department] 6, [buyer_count] 7, [reporting_sales_amount] 8, [is_suppressed] 9)
FROM 'https://$(account).dfs.core.windows.net/lake/shop/exports/$(number)/gold/mart_shared_demographics/*.parquet'
WITH (FILE_TYPE = 'PARQUET')
GO
