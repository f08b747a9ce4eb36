-- Who reads what. Made from the contracts by `shoplake warehouse render`; don't edit.

GRANT SELECT ON gold.[customer_identity] TO shoplake_analyst
GO

GRANT SELECT ON gold.[dim_currency] TO shoplake_analyst
GO

GRANT SELECT ON gold.[dim_customer] ([customer_version_key], [customer_key], [source], [gender], [age_band], [income_band], [household_size], [children_count], [home_ownership], [marital_status], [country], [region], [city], [valid_from], [valid_to], [is_current], [is_inferred]) TO shoplake_analyst
GO

GRANT SELECT ON gold.[dim_date] TO shoplake_analyst
GO

GRANT SELECT ON gold.[dim_product] TO shoplake_analyst
GO

GRANT SELECT ON gold.[dim_promotion] TO shoplake_analyst
GO

GRANT SELECT ON gold.[dim_store] TO shoplake_analyst
GO

GRANT SELECT ON gold.[fact_exchange_rate] TO shoplake_analyst
GO

GRANT SELECT ON gold.[fact_marketing_costs] TO shoplake_analyst
GO

GRANT SELECT ON gold.[fact_payments] TO shoplake_analyst
GO

GRANT SELECT ON gold.[fact_redemptions] TO shoplake_analyst
GO

GRANT SELECT ON gold.[fact_returns] TO shoplake_analyst
GO

GRANT SELECT ON gold.[fact_sales] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_affinity] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_buyers] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_cohort] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_customer] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_customer_day] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_customer_department] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_demographics] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_ordered_daily] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_product] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_product_class] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_restatement] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_returns] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_sales_bridge] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_sales_daily] TO shoplake_analyst
GO

GRANT SELECT ON gold.[mart_shared_demographics] TO shoplake_analyst
GO

GRANT SELECT ON gold.[dim_date] TO shoplake_shared
GO

GRANT SELECT ON gold.[mart_shared_demographics] TO shoplake_shared
GO
