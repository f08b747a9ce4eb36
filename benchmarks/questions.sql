-- What a sales dashboard asks of the warehouse (DuckDB's SQL, over the schema gold). One question is a title and a
-- SELECT. Money stays in its currency: where a question shows one, it is euros.

-- Net sales by day
SELECT order_date, currency, sum(net_amount) AS net_sales FROM mart_sales_daily GROUP BY ALL ORDER BY ALL;

-- Net sales by week, with the week before
WITH weekly AS (
    SELECT iso_year, iso_week, sum(net_amount) AS net_sales FROM mart_sales_daily JOIN dim_date ON order_date = date
    WHERE currency = 'EUR' GROUP BY ALL
)
SELECT *, lag(net_sales) OVER (ORDER BY iso_year, iso_week) AS week_before FROM weekly ORDER BY 1, 2;

-- Net sales by month and channel
SELECT date_trunc('month', order_date) AS month, channel, sum(net_amount) AS net_sales FROM mart_sales_daily
WHERE currency = 'EUR' GROUP BY ALL ORDER BY ALL;

-- Each month against the same month a year ago
WITH monthly AS (
    SELECT date_trunc('month', order_date)::DATE AS month, currency, sum(net_amount) AS net_sales
    FROM mart_sales_daily GROUP BY ALL
)
SELECT m.month, m.currency, m.net_sales, y.net_sales AS year_ago, m.net_sales / y.net_sales - 1 AS growth
FROM monthly m LEFT JOIN monthly y ON y.currency = m.currency AND y.month = m.month - INTERVAL 1 YEAR ORDER BY 1, 2;

-- The ten products with the highest sales
SELECT product_id, name, sum(quantity) AS units, sum(net_amount) AS net_sales
FROM fact_sales JOIN dim_product USING (product_version_key)
WHERE currency = 'EUR' AND status = 'completed' AND NOT is_test GROUP BY ALL ORDER BY net_sales DESC LIMIT 10;

-- Categories by sales, with their share
SELECT department, category, sum(net_amount) AS net_sales, sum(net_amount) / sum(sum(net_amount)) OVER () AS share
FROM mart_sales_daily WHERE currency = 'EUR' GROUP BY ALL ORDER BY net_sales DESC;

-- Basket: orders, lines, units and value of an order by month
WITH basket AS (
    SELECT order_id, order_date, count(*) AS lines, sum(quantity) AS units, sum(net_amount) AS amount FROM fact_sales
    WHERE currency = 'EUR' AND status = 'completed' AND NOT is_test GROUP BY ALL
)
SELECT date_trunc('month', order_date) AS month, count(*) AS orders, avg(lines) AS lines, avg(units) AS units,
    avg(amount) AS average, quantile_cont(amount, 0.5) AS middle
FROM basket GROUP BY ALL ORDER BY ALL;

-- Net sales by age at the purchase
SELECT date_trunc('month', order_date) AS month,
    coalesce((date_part('year', age(order_date, birth_date)) // 10 * 10)::INT::VARCHAR, 'Unknown') AS age_from,
    count(DISTINCT customer_key) AS customers, sum(net_amount) AS net_sales
FROM fact_sales JOIN dim_customer USING (customer_version_key, customer_key)
WHERE currency = 'EUR' AND status = 'completed' AND NOT is_test GROUP BY ALL ORDER BY ALL;

-- Departments by age at the purchase
WITH aged AS (
    SELECT (date_part('year', age(order_date, birth_date)) // 10 * 10)::INT AS age_from, department,
        sum(net_amount) AS net_sales
    FROM fact_sales JOIN dim_customer USING (customer_version_key) JOIN dim_product USING (product_version_key)
    WHERE currency = 'EUR' AND status = 'completed' AND NOT is_test GROUP BY ALL
)
SELECT *, net_sales / sum(net_sales) OVER (PARTITION BY age_from) AS share FROM aged ORDER BY 1, 2;

-- Net sales by income band and size of household
SELECT income_band, household_size, sum(net_amount) AS net_sales, sum(line_count) AS lines FROM mart_sales_daily
WHERE currency = 'EUR' GROUP BY ALL ORDER BY ALL;

-- Share of customers who bought more than once
SELECT count(*) AS customers, avg((order_count > 1)::INT) AS repeat_rate FROM mart_customer;

-- Cohorts: customers of each first month who buy so many months later
WITH first AS (SELECT customer_key, min(first_order_date) AS day FROM mart_customer GROUP BY ALL),
active AS (
    SELECT DISTINCT customer_key, date_trunc('month', day) AS cohort, datediff('month', day, order_date) AS later
    FROM fact_sales JOIN first USING (customer_key) WHERE status = 'completed' AND NOT is_test
)
SELECT cohort, later, count(*) AS customers FROM active GROUP BY ALL ORDER BY ALL;

-- New and returning customers by month
WITH first AS (SELECT customer_key, min(first_order_date) AS day FROM mart_customer GROUP BY ALL)
SELECT date_trunc('month', order_date) AS month, order_date = day AS is_new, count(DISTINCT customer_key) AS customers,
    sum(net_amount) AS net_sales
FROM fact_sales JOIN first USING (customer_key)
WHERE currency = 'EUR' AND status = 'completed' AND NOT is_test GROUP BY ALL ORDER BY ALL;

-- Returns by category, as a share of what was sold
WITH sold AS (
    SELECT category, sum(quantity) AS units FROM fact_sales JOIN dim_product USING (product_version_key)
    WHERE status = 'completed' AND NOT is_test GROUP BY ALL
),
returned AS (
    SELECT category, sum(return_quantity) AS units FROM fact_returns JOIN dim_product USING (product_version_key)
    GROUP BY ALL
)
SELECT category, s.units AS sold, r.units AS returned, r.units / s.units AS rate
FROM sold s LEFT JOIN returned r USING (category) ORDER BY rate DESC;

-- Why goods come back
SELECT return_reason, currency, count(*) AS lines, sum(return_amount) AS amount FROM fact_returns
GROUP BY ALL ORDER BY ALL;

-- Discounts as a share of gross sales by week and department
SELECT date_trunc('week', order_date) AS week, department, sum(discount_amount) / sum(gross_amount) AS share
FROM mart_sales_daily WHERE currency = 'EUR' GROUP BY ALL ORDER BY ALL;

-- Promotions: orders, discount and sales of each
SELECT promotion_code, currency, count(DISTINCT order_id) AS orders, sum(discount_amount) AS discount,
    sum(net_amount) AS net_sales
FROM fact_sales WHERE promotion_code IS NOT NULL AND status = 'completed' AND NOT is_test GROUP BY ALL ORDER BY ALL;

-- Stores against each other
SELECT store_name, date_trunc('quarter', order_date) AS quarter, currency, count(DISTINCT order_id) AS orders,
    sum(net_amount) AS net_sales
FROM fact_sales JOIN dim_store USING (store_key) WHERE status = 'completed' AND NOT is_test
GROUP BY ALL ORDER BY ALL;

-- Orders by weekday and hour, in the store's time
SELECT dayofweek(local) AS weekday, hour(local) AS hour, count(*) AS orders FROM (
    SELECT DISTINCT order_id, timezone(coalesce(store_time_zone, 'Europe/Berlin'), ordered_at) AS local
    FROM fact_sales JOIN dim_store USING (store_key) WHERE status = 'completed' AND NOT is_test
) GROUP BY ALL ORDER BY ALL;

-- Customers by recency, frequency and money
SELECT recency_score, frequency_score, monetary_score, count(*) AS customers,
    sum(reporting_net_amount) AS net_sales
FROM mart_customer GROUP BY ALL ORDER BY ALL;
