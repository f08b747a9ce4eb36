-- Readers see what was made. Made from the contracts by `shoplake warehouse render`; don't edit.

BEGIN TRANSACTION
GO

DROP TABLE IF EXISTS gold.[customer_identity]
GO

DROP TABLE IF EXISTS gold.[dim_currency]
GO

DROP TABLE IF EXISTS gold.[dim_customer]
GO

DROP TABLE IF EXISTS gold.[dim_date]
GO

DROP TABLE IF EXISTS gold.[dim_product]
GO

DROP TABLE IF EXISTS gold.[dim_promotion]
GO

DROP TABLE IF EXISTS gold.[dim_store]
GO

DROP TABLE IF EXISTS gold.[fact_exchange_rate]
GO

DROP TABLE IF EXISTS gold.[fact_marketing_costs]
GO

DROP TABLE IF EXISTS gold.[fact_payments]
GO

DROP TABLE IF EXISTS gold.[fact_redemptions]
GO

DROP TABLE IF EXISTS gold.[fact_returns]
GO

DROP TABLE IF EXISTS gold.[fact_sales]
GO

DROP TABLE IF EXISTS gold.[mart_affinity]
GO

DROP TABLE IF EXISTS gold.[mart_buyers]
GO

DROP TABLE IF EXISTS gold.[mart_cohort]
GO

DROP TABLE IF EXISTS gold.[mart_customer]
GO

DROP TABLE IF EXISTS gold.[mart_customer_day]
GO

DROP TABLE IF EXISTS gold.[mart_customer_department]
GO

DROP TABLE IF EXISTS gold.[mart_demographics]
GO

DROP TABLE IF EXISTS gold.[mart_ordered_daily]
GO

DROP TABLE IF EXISTS gold.[mart_product]
GO

DROP TABLE IF EXISTS gold.[mart_product_class]
GO

DROP TABLE IF EXISTS gold.[mart_restatement]
GO

DROP TABLE IF EXISTS gold.[mart_returns]
GO

DROP TABLE IF EXISTS gold.[mart_sales_bridge]
GO

DROP TABLE IF EXISTS gold.[mart_sales_daily]
GO

DROP TABLE IF EXISTS gold.[mart_shared_demographics]
GO

EXEC sp_rename 'gold.customer_identity__next', 'customer_identity'
GO

EXEC sp_rename 'gold.dim_currency__next', 'dim_currency'
GO

EXEC sp_rename 'gold.dim_customer__next', 'dim_customer'
GO

EXEC sp_rename 'gold.dim_date__next', 'dim_date'
GO

EXEC sp_rename 'gold.dim_product__next', 'dim_product'
GO

EXEC sp_rename 'gold.dim_promotion__next', 'dim_promotion'
GO

EXEC sp_rename 'gold.dim_store__next', 'dim_store'
GO

EXEC sp_rename 'gold.fact_exchange_rate__next', 'fact_exchange_rate'
GO

EXEC sp_rename 'gold.fact_marketing_costs__next', 'fact_marketing_costs'
GO

EXEC sp_rename 'gold.fact_payments__next', 'fact_payments'
GO

EXEC sp_rename 'gold.fact_redemptions__next', 'fact_redemptions'
GO

EXEC sp_rename 'gold.fact_returns__next', 'fact_returns'
GO

EXEC sp_rename 'gold.fact_sales__next', 'fact_sales'
GO

EXEC sp_rename 'gold.mart_affinity__next', 'mart_affinity'
GO

EXEC sp_rename 'gold.mart_buyers__next', 'mart_buyers'
GO

EXEC sp_rename 'gold.mart_cohort__next', 'mart_cohort'
GO

EXEC sp_rename 'gold.mart_customer__next', 'mart_customer'
GO

EXEC sp_rename 'gold.mart_customer_day__next', 'mart_customer_day'
GO

EXEC sp_rename 'gold.mart_customer_department__next', 'mart_customer_department'
GO

EXEC sp_rename 'gold.mart_demographics__next', 'mart_demographics'
GO

EXEC sp_rename 'gold.mart_ordered_daily__next', 'mart_ordered_daily'
GO

EXEC sp_rename 'gold.mart_product__next', 'mart_product'
GO

EXEC sp_rename 'gold.mart_product_class__next', 'mart_product_class'
GO

EXEC sp_rename 'gold.mart_restatement__next', 'mart_restatement'
GO

EXEC sp_rename 'gold.mart_returns__next', 'mart_returns'
GO

EXEC sp_rename 'gold.mart_sales_bridge__next', 'mart_sales_bridge'
GO

EXEC sp_rename 'gold.mart_sales_daily__next', 'mart_sales_daily'
GO

EXEC sp_rename 'gold.mart_shared_demographics__next', 'mart_shared_demographics'
GO

COMMIT TRANSACTION
GO
