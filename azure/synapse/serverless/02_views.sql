-- A view of each table, over its Delta folder. Made from the contracts by `shoplake warehouse render`; don't edit.

CREATE OR ALTER VIEW gold.[customer_identity] AS
SELECT [customer_key], [person_key], [rule], [matched_customer_key], [not_linked_by]
FROM OPENROWSET(BULK 'gold/customer_identity/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [customer_key] bigint,
  [person_key] bigint,
  [rule] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [matched_customer_key] bigint,
  [not_linked_by] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[dim_currency] AS
SELECT [currency], [currency_name], [decimal_places], [is_reporting]
FROM OPENROWSET(BULK 'gold/dim_currency/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency_name] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [decimal_places] int,
  [is_reporting] bit
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[dim_customer] AS
SELECT [customer_version_key], [customer_key], [source], [customer_id], [birth_date], [gender], [age_band], [income_band], [household_size], [children_count], [home_ownership], [marital_status], [country], [region], [city], [valid_from], [valid_to], [is_current], [is_inferred]
FROM OPENROWSET(BULK 'gold/dim_customer/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [customer_version_key] bigint,
  [customer_key] bigint,
  [source] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [customer_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [birth_date] date,
  [gender] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [age_band] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [income_band] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [household_size] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [children_count] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [home_ownership] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [marital_status] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [country] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [region] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [city] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [valid_from] date,
  [valid_to] date,
  [is_current] bit,
  [is_inferred] bit
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[dim_date] AS
SELECT [date], [year], [quarter], [month], [month_name], [year_month], [year_quarter], [day_of_month], [iso_year], [iso_week], [year_week], [day_of_week], [day_name], [is_weekend], [fiscal_year], [fiscal_quarter], [fiscal_period], [fiscal_week], [is_holiday], [holiday_names], [relative_day], [relative_week], [relative_month], [relative_year]
FROM OPENROWSET(BULK 'gold/dim_date/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [date] date,
  [year] int,
  [quarter] int,
  [month] int,
  [month_name] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [year_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [year_quarter] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [day_of_month] int,
  [iso_year] int,
  [iso_week] int,
  [year_week] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [day_of_week] int,
  [day_name] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [is_weekend] bit,
  [fiscal_year] int,
  [fiscal_quarter] int,
  [fiscal_period] int,
  [fiscal_week] int,
  [is_holiday] bit,
  [holiday_names] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [relative_day] int,
  [relative_week] int,
  [relative_month] int,
  [relative_year] int
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[dim_product] AS
SELECT [product_version_key], [product_key], [source], [product_id], [name], [department], [category], [subcategory], [brand], [list_price], [unit_cost], [price_currency], [valid_from], [valid_to], [is_current], [is_inferred]
FROM OPENROWSET(BULK 'gold/dim_product/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [product_version_key] bigint,
  [product_key] bigint,
  [source] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [product_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [name] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [department] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [category] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [subcategory] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [brand] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [list_price] decimal(18,4),
  [unit_cost] decimal(18,4),
  [price_currency] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [valid_from] date,
  [valid_to] date,
  [is_current] bit,
  [is_inferred] bit
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[dim_promotion] AS
SELECT [promotion_key], [source], [promotion_id], [promotion_name], [promotion_type], [discount_rate], [starts_on], [ends_on], [is_inferred]
FROM OPENROWSET(BULK 'gold/dim_promotion/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [promotion_key] bigint,
  [source] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [promotion_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [promotion_name] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [promotion_type] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [discount_rate] decimal(9,6),
  [starts_on] date,
  [ends_on] date,
  [is_inferred] bit
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[dim_store] AS
SELECT [store_key], [source], [store_id], [store_name], [store_country], [store_region], [store_city], [store_time_zone], [is_inferred]
FROM OPENROWSET(BULK 'gold/dim_store/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [store_key] bigint,
  [source] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [store_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [store_name] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [store_country] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [store_region] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [store_city] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [store_time_zone] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [is_inferred] bit
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[fact_exchange_rate] AS
SELECT [currency], [rate_date], [rate], [reporting_currency], [quoted_on]
FROM OPENROWSET(BULK 'gold/fact_exchange_rate/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [rate_date] date,
  [rate] decimal(19,12),
  [reporting_currency] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [quoted_on] date
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[fact_marketing_costs] AS
SELECT [source], [marketing_cost_id], [cost_date], [rate_date], [channel], [campaign_name], [marketing_cost_amount], [currency]
FROM OPENROWSET(BULK 'gold/fact_marketing_costs/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [source] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [marketing_cost_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [cost_date] date,
  [rate_date] date,
  [channel] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [campaign_name] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [marketing_cost_amount] decimal(18,4),
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[fact_payments] AS
SELECT [source], [order_id], [payment_number], [order_date], [payment_date], [payment_month], [rate_date], [customer_key], [store_key], [channel], [is_test], [payment_method], [payment_amount], [currency]
FROM OPENROWSET(BULK 'gold/fact_payments/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [source] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [order_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [payment_number] int,
  [order_date] date,
  [payment_date] date,
  [payment_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [rate_date] date,
  [customer_key] bigint,
  [store_key] bigint,
  [channel] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [is_test] bit,
  [payment_method] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [payment_amount] decimal(18,4),
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[fact_redemptions] AS
SELECT [source], [redemption_id], [redemption_date], [customer_key], [promotion_key], [coupon_code]
FROM OPENROWSET(BULK 'gold/fact_redemptions/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [source] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [redemption_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [redemption_date] date,
  [customer_key] bigint,
  [promotion_key] bigint,
  [coupon_code] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[fact_returns] AS
SELECT [source], [return_id], [line_number], [order_id], [return_date], [return_month], [returned_at], [order_date], [rate_date], [customer_key], [customer_version_key], [product_key], [product_version_key], [store_key], [channel], [currency], [is_test], [age_band], [return_quantity], [return_amount], [return_tax_amount], [return_reason], [is_merchandise]
FROM OPENROWSET(BULK 'gold/fact_returns/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [source] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [return_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [line_number] int,
  [order_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [return_date] date,
  [return_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [returned_at] datetime2(6),
  [order_date] date,
  [rate_date] date,
  [customer_key] bigint,
  [customer_version_key] bigint,
  [product_key] bigint,
  [product_version_key] bigint,
  [store_key] bigint,
  [channel] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [is_test] bit,
  [age_band] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [return_quantity] decimal(18,4),
  [return_amount] decimal(18,4),
  [return_tax_amount] decimal(18,4),
  [return_reason] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [is_merchandise] bit
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[fact_sales] AS
SELECT [source], [order_id], [line_number], [order_date], [order_month], [ordered_at], [rate_date], [customer_key], [customer_version_key], [product_key], [product_version_key], [store_key], [promotion_key], [counts_as], [status], [channel], [currency], [is_test], [is_guest], [age_band], [quantity], [gross_amount], [discount_amount], [net_amount], [order_discount_amount], [tax_amount], [shipping_amount], [shipping_cost_amount], [included_tax_amount], [sales_amount], [is_merchandise]
FROM OPENROWSET(BULK 'gold/fact_sales/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [source] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [order_id] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [line_number] int,
  [order_date] date,
  [order_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [ordered_at] datetime2(6),
  [rate_date] date,
  [customer_key] bigint,
  [customer_version_key] bigint,
  [product_key] bigint,
  [product_version_key] bigint,
  [store_key] bigint,
  [promotion_key] bigint,
  [counts_as] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [status] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [channel] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [is_test] bit,
  [is_guest] bit,
  [age_band] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [quantity] decimal(18,4),
  [gross_amount] decimal(18,4),
  [discount_amount] decimal(18,4),
  [net_amount] decimal(18,4),
  [order_discount_amount] decimal(18,4),
  [tax_amount] decimal(18,4),
  [shipping_amount] decimal(18,4),
  [shipping_cost_amount] decimal(18,4),
  [included_tax_amount] decimal(18,4),
  [sales_amount] decimal(18,4),
  [is_merchandise] bit
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_affinity] AS
SELECT [product_key], [other_product_key], [pair_order_count], [product_order_count], [other_product_order_count], [all_order_count], [support], [confidence], [other_confidence], [lift]
FROM OPENROWSET(BULK 'gold/mart_affinity/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [product_key] bigint,
  [other_product_key] bigint,
  [pair_order_count] bigint,
  [product_order_count] bigint,
  [other_product_order_count] bigint,
  [all_order_count] bigint,
  [support] decimal(18,8),
  [confidence] decimal(18,8),
  [other_confidence] decimal(18,8),
  [lift] decimal(18,8)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_buyers] AS
SELECT [order_month], [attribute], [attribute_value], [buyer_count], [order_count], [line_count], [unit_quantity], [unconverted_line_count], [reporting_sales_amount]
FROM OPENROWSET(BULK 'gold/mart_buyers/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [order_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [attribute] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [attribute_value] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [buyer_count] bigint,
  [order_count] bigint,
  [line_count] bigint,
  [unit_quantity] decimal(28,4),
  [unconverted_line_count] bigint,
  [reporting_sales_amount] decimal(38,16)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_cohort] AS
SELECT [cohort_month], [months_since_first], [customer_count], [active_customer_count], [order_count], [line_count], [unconverted_line_count], [reporting_sales_amount], [return_line_count], [unconverted_return_line_count], [reporting_return_amount]
FROM OPENROWSET(BULK 'gold/mart_cohort/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [cohort_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [months_since_first] int,
  [customer_count] bigint,
  [active_customer_count] bigint,
  [order_count] bigint,
  [line_count] bigint,
  [unconverted_line_count] bigint,
  [reporting_sales_amount] decimal(38,16),
  [return_line_count] bigint,
  [unconverted_return_line_count] bigint,
  [reporting_return_amount] decimal(38,16)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_customer] AS
SELECT [customer_key], [order_count], [line_count], [unit_quantity], [unconverted_line_count], [reporting_gross_amount], [reporting_discount_amount], [reporting_net_amount], [reporting_sales_amount], [return_line_count], [unconverted_return_line_count], [reporting_return_amount], [first_order_date], [last_order_date], [cohort_month], [recency_days], [recency_score], [frequency_score], [monetary_score], [segment], [customer_type], [churn_status]
FROM OPENROWSET(BULK 'gold/mart_customer/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [customer_key] bigint,
  [order_count] bigint,
  [line_count] bigint,
  [unit_quantity] decimal(28,4),
  [unconverted_line_count] bigint,
  [reporting_gross_amount] decimal(38,16),
  [reporting_discount_amount] decimal(38,16),
  [reporting_net_amount] decimal(38,16),
  [reporting_sales_amount] decimal(38,16),
  [return_line_count] bigint,
  [unconverted_return_line_count] bigint,
  [reporting_return_amount] decimal(38,16),
  [first_order_date] date,
  [last_order_date] date,
  [cohort_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [recency_days] int,
  [recency_score] int,
  [frequency_score] int,
  [monetary_score] int,
  [segment] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [customer_type] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [churn_status] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_customer_day] AS
SELECT [order_date], [order_month], [customer_key], [customer_version_key], [age_band], [currency], [order_count], [line_count], [unit_quantity], [gross_amount], [discount_amount], [net_amount], [sales_amount], [unconverted_line_count], [reporting_gross_amount], [reporting_discount_amount], [reporting_net_amount], [reporting_sales_amount]
FROM OPENROWSET(BULK 'gold/mart_customer_day/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [order_date] date,
  [order_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [customer_key] bigint,
  [customer_version_key] bigint,
  [age_band] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [order_count] bigint,
  [line_count] bigint,
  [unit_quantity] decimal(28,4),
  [gross_amount] decimal(28,4),
  [discount_amount] decimal(28,4),
  [net_amount] decimal(28,4),
  [sales_amount] decimal(28,4),
  [unconverted_line_count] bigint,
  [reporting_gross_amount] decimal(38,16),
  [reporting_discount_amount] decimal(38,16),
  [reporting_net_amount] decimal(38,16),
  [reporting_sales_amount] decimal(38,16)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_customer_department] AS
SELECT [order_month], [customer_key], [customer_version_key], [age_band], [department], [line_count], [unconverted_line_count], [reporting_sales_amount]
FROM OPENROWSET(BULK 'gold/mart_customer_department/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [order_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [customer_key] bigint,
  [customer_version_key] bigint,
  [age_band] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [department] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [line_count] bigint,
  [unconverted_line_count] bigint,
  [reporting_sales_amount] decimal(38,16)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_demographics] AS
SELECT [year_month], [attribute], [attribute_value], [population], [buyer_count], [order_count], [line_count], [unit_quantity], [unconverted_line_count], [reporting_sales_amount], [population_before], [buyer_count_before], [reporting_sales_before_amount], [reporting_population_effect_amount], [reporting_penetration_effect_amount], [reporting_spend_effect_amount]
FROM OPENROWSET(BULK 'gold/mart_demographics/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [year_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [attribute] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [attribute_value] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [population] bigint,
  [buyer_count] bigint,
  [order_count] bigint,
  [line_count] bigint,
  [unit_quantity] decimal(28,4),
  [unconverted_line_count] bigint,
  [reporting_sales_amount] decimal(38,16),
  [population_before] bigint,
  [buyer_count_before] bigint,
  [reporting_sales_before_amount] decimal(38,16),
  [reporting_population_effect_amount] decimal(38,16),
  [reporting_penetration_effect_amount] decimal(38,16),
  [reporting_spend_effect_amount] decimal(38,16)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_ordered_daily] AS
SELECT [order_date], [order_month], [department], [category], [channel], [currency], [ordered_line_count], [line_count], [unit_quantity], [ordered_amount], [cancelled_amount], [gross_amount], [discount_amount], [order_discount_amount], [included_tax_amount], [sales_amount], [reporting_ordered_amount], [reporting_cancelled_amount], [reporting_gross_amount], [reporting_discount_amount], [reporting_order_discount_amount], [reporting_included_tax_amount], [reporting_sales_amount], [unconverted_line_count]
FROM OPENROWSET(BULK 'gold/mart_ordered_daily/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [order_date] date,
  [order_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [department] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [category] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [channel] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [ordered_line_count] bigint,
  [line_count] bigint,
  [unit_quantity] decimal(28,4),
  [ordered_amount] decimal(28,4),
  [cancelled_amount] decimal(28,4),
  [gross_amount] decimal(28,4),
  [discount_amount] decimal(28,4),
  [order_discount_amount] decimal(28,4),
  [included_tax_amount] decimal(28,4),
  [sales_amount] decimal(28,4),
  [reporting_ordered_amount] decimal(38,16),
  [reporting_cancelled_amount] decimal(38,16),
  [reporting_gross_amount] decimal(38,16),
  [reporting_discount_amount] decimal(38,16),
  [reporting_order_discount_amount] decimal(38,16),
  [reporting_included_tax_amount] decimal(38,16),
  [reporting_sales_amount] decimal(38,16),
  [unconverted_line_count] bigint
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_product] AS
SELECT [product_key], [order_month], [currency], [line_count], [unit_quantity], [gross_amount], [discount_amount], [net_amount], [sales_amount], [reporting_gross_amount], [reporting_sales_amount], [reporting_cost_amount], [reporting_costed_sales_amount], [costed_line_count], [converted_unit_quantity], [unconverted_line_count]
FROM OPENROWSET(BULK 'gold/mart_product/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [product_key] bigint,
  [order_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [line_count] bigint,
  [unit_quantity] decimal(28,4),
  [gross_amount] decimal(28,4),
  [discount_amount] decimal(28,4),
  [net_amount] decimal(28,4),
  [sales_amount] decimal(28,4),
  [reporting_gross_amount] decimal(38,16),
  [reporting_sales_amount] decimal(38,16),
  [reporting_cost_amount] decimal(38,16),
  [reporting_costed_sales_amount] decimal(38,16),
  [costed_line_count] bigint,
  [converted_unit_quantity] decimal(28,4),
  [unconverted_line_count] bigint
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_product_class] AS
SELECT [product_key], [from_month], [to_month], [line_count], [converted_unit_quantity], [reporting_sales_amount], [reporting_cost_amount], [reporting_costed_sales_amount], [reporting_margin_amount], [sales_rank], [abc_class], [previous_unit_quantity], [reporting_previous_sales_amount], [reporting_volume_effect_amount], [reporting_price_effect_amount], [reporting_new_effect_amount], [reporting_vanished_effect_amount], [reporting_other_effect_amount]
FROM OPENROWSET(BULK 'gold/mart_product_class/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [product_key] bigint,
  [from_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [to_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [line_count] bigint,
  [converted_unit_quantity] decimal(28,4),
  [reporting_sales_amount] decimal(38,16),
  [reporting_cost_amount] decimal(38,16),
  [reporting_costed_sales_amount] decimal(38,16),
  [reporting_margin_amount] decimal(38,16),
  [sales_rank] int,
  [abc_class] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [previous_unit_quantity] decimal(28,4),
  [reporting_previous_sales_amount] decimal(38,16),
  [reporting_volume_effect_amount] decimal(38,16),
  [reporting_price_effect_amount] decimal(38,16),
  [reporting_new_effect_amount] decimal(38,16),
  [reporting_vanished_effect_amount] decimal(38,16),
  [reporting_other_effect_amount] decimal(38,16)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_restatement] AS
SELECT [closed_month], [department], [channel], [currency], [closed_state], [closed_as_of], [closed_unit_quantity], [current_unit_quantity], [restated_unit_quantity], [closed_gross_amount], [current_gross_amount], [restated_gross_amount], [closed_discount_amount], [current_discount_amount], [restated_discount_amount], [closed_net_amount], [current_net_amount], [restated_net_amount], [closed_sales_amount], [current_sales_amount], [restated_sales_amount], [closed_return_quantity], [current_return_quantity], [restated_return_quantity], [closed_return_amount], [current_return_amount], [restated_return_amount]
FROM OPENROWSET(BULK 'gold/mart_restatement/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [closed_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [department] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [channel] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [closed_state] bigint,
  [closed_as_of] date,
  [closed_unit_quantity] decimal(28,4),
  [current_unit_quantity] decimal(28,4),
  [restated_unit_quantity] decimal(28,4),
  [closed_gross_amount] decimal(28,4),
  [current_gross_amount] decimal(28,4),
  [restated_gross_amount] decimal(28,4),
  [closed_discount_amount] decimal(28,4),
  [current_discount_amount] decimal(28,4),
  [restated_discount_amount] decimal(28,4),
  [closed_net_amount] decimal(28,4),
  [current_net_amount] decimal(28,4),
  [restated_net_amount] decimal(28,4),
  [closed_sales_amount] decimal(28,4),
  [current_sales_amount] decimal(28,4),
  [restated_sales_amount] decimal(28,4),
  [closed_return_quantity] decimal(28,4),
  [current_return_quantity] decimal(28,4),
  [restated_return_quantity] decimal(28,4),
  [closed_return_amount] decimal(28,4),
  [current_return_amount] decimal(28,4),
  [restated_return_amount] decimal(28,4)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_returns] AS
SELECT [year_month], [return_reason], [department], [category], [channel], [currency], [return_line_count], [return_unit_quantity], [return_amount], [return_tax_amount], [reporting_return_amount], [reporting_return_tax_amount], [dated_return_line_count], [days_to_return], [unconverted_return_line_count], [line_count], [unit_quantity], [gross_amount], [sales_amount], [reporting_gross_amount], [reporting_sales_amount]
FROM OPENROWSET(BULK 'gold/mart_returns/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [year_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [return_reason] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [department] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [category] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [channel] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [return_line_count] bigint,
  [return_unit_quantity] decimal(28,4),
  [return_amount] decimal(28,4),
  [return_tax_amount] decimal(28,4),
  [reporting_return_amount] decimal(38,16),
  [reporting_return_tax_amount] decimal(38,16),
  [dated_return_line_count] bigint,
  [days_to_return] bigint,
  [unconverted_return_line_count] bigint,
  [line_count] bigint,
  [unit_quantity] decimal(28,4),
  [gross_amount] decimal(28,4),
  [sales_amount] decimal(28,4),
  [reporting_gross_amount] decimal(38,16),
  [reporting_sales_amount] decimal(38,16)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_sales_bridge] AS
SELECT [basis], [date], [department], [channel], [currency], [ordered_line_count], [return_line_count], [ordered_amount], [cancelled_amount], [gross_amount], [discount_amount], [order_discount_amount], [included_tax_amount], [sales_amount], [returned_amount], [net_sales_amount], [undated_returned_amount], [reporting_ordered_amount], [reporting_cancelled_amount], [reporting_gross_amount], [reporting_discount_amount], [reporting_order_discount_amount], [reporting_included_tax_amount], [reporting_sales_amount], [reporting_returned_amount], [reporting_net_sales_amount]
FROM OPENROWSET(BULK 'gold/mart_sales_bridge/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [basis] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [date] date,
  [department] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [channel] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [ordered_line_count] bigint,
  [return_line_count] bigint,
  [ordered_amount] decimal(28,4),
  [cancelled_amount] decimal(28,4),
  [gross_amount] decimal(28,4),
  [discount_amount] decimal(28,4),
  [order_discount_amount] decimal(28,4),
  [included_tax_amount] decimal(28,4),
  [sales_amount] decimal(28,4),
  [returned_amount] decimal(28,4),
  [net_sales_amount] decimal(28,4),
  [undated_returned_amount] decimal(28,4),
  [reporting_ordered_amount] decimal(38,16),
  [reporting_cancelled_amount] decimal(38,16),
  [reporting_gross_amount] decimal(38,16),
  [reporting_discount_amount] decimal(38,16),
  [reporting_order_discount_amount] decimal(38,16),
  [reporting_included_tax_amount] decimal(38,16),
  [reporting_sales_amount] decimal(38,16),
  [reporting_returned_amount] decimal(38,16),
  [reporting_net_sales_amount] decimal(38,16)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_sales_daily] AS
SELECT [order_date], [order_month], [gender], [age_band], [income_band], [household_size], [children_count], [home_ownership], [marital_status], [country], [region], [city], [department], [category], [channel], [currency], [line_count], [unit_quantity], [gross_amount], [discount_amount], [net_amount], [sales_amount]
FROM OPENROWSET(BULK 'gold/mart_sales_daily/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [order_date] date,
  [order_month] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [gender] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [age_band] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [income_band] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [household_size] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [children_count] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [home_ownership] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [marital_status] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [country] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [region] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [city] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [department] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [category] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [channel] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [currency] varchar(512) COLLATE Latin1_General_100_BIN2_UTF8,
  [line_count] bigint,
  [unit_quantity] decimal(28,4),
  [gross_amount] decimal(28,4),
  [discount_amount] decimal(28,4),
  [net_amount] decimal(28,4),
  [sales_amount] decimal(28,4)
) AS [rows]
GO

CREATE OR ALTER VIEW gold.[mart_shared_demographics] AS
SELECT [period], [attribute], [attribute_value], [second_attribute], [second_value], [department], [buyer_count], [reporting_sales_amount], [is_suppressed]
FROM OPENROWSET(BULK 'gold/mart_shared_demographics/', DATA_SOURCE = 'shoplake_lake', FORMAT = 'DELTA')
WITH (
  [period] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [attribute] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [attribute_value] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [second_attribute] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [second_value] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [department] varchar(8000) COLLATE Latin1_General_100_BIN2_UTF8,
  [buyer_count] bigint,
  [reporting_sales_amount] decimal(38,16),
  [is_suppressed] bit
) AS [rows]
GO
