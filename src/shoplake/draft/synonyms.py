"""Names under which shops export what the canonical entities hold, as patterns over snake_case."""

_ID = "id|key|no|nr|num|number|code|ref"
_DAY = "date|day|time|timestamp|datetime|datum"
_SUM = "amount|total|value|sales"

# entity: what it is called in front of its own columns
NOUNS = {
    "customer": "customer|client|buyer|member|household|shopper|account|user|kunde|kunden",
    "product": "product|item|article|artikel|stock|goods|variant|part|material",
    "store": "store|shop|branch|outlet|location|site|filiale|(?:sales_)?territory",
    "order": "(?:sales_)?order|invoice|basket|transaction|receipt|ticket|purchase|sale|bill|rechnung|bestellung|bon",
    "order_line": "(?:sales_)?order|line|item|line_item|product|unit|sales|sale",
    "return_line": "return|returned|refund|refunded|credit_note|rma|retoure",
}

# entity: {canonical column: (its name in a feed of its own or after the noun, its name anywhere)}
NAMES = {
    "customer": {
        "customer_id": (_ID, "loyalty_(?:id|no|number|card)|(?:customer_)?(?:e_?)?mail(?:_address)?"),
        "birth_date": ("", "birth_?date|date_of_birth|birth_?day|dob|born"),
        "gender": ("", "gender|sex"),
        "age_band": ("", "age_?(?:band|group|range|class)"),
        "income_band": ("", "(?:annual_|yearly_|household_)?income(?:_?(?:band|range|group))?"),
        "children_count": ("", "(?:total_|number_of_|num_|no_of_)?(?:children|kids)(?:_count)?"),
        "home_ownership": ("", "home_?owner(?:ship)?|house_owner(?:_flag)?"),
        "marital_status": ("", "marital_?status|civil_status"),
        "country": ("country(?:_?code)?|nation", "country(?:_?code)?"),
        "region": ("region|state|province|county", ""),
        "city": ("city|town|ort", "city|town"),
        "first_name": ("first_?name|given_?name|fore_?name|vorname", "first_?name"),
        "last_name": ("last_?name|surname|family_?name|nachname", "last_?name|surname"),
        "email": ("", "(?:e_?)?mail(?:_address)?"),
    },
    "product": {
        "product_id": (_ID, "sku|ean|upc|gtin|asin|isbn|plu|barcode"),
        "name": ("name|title|label|description|bezeichnung", "description"),
        "category": ("category(?:_name)?|kategorie", "category(?:_name)?"),
        "subcategory": ("sub_?category(?:_name)?|type(?:_name)?", "sub_?category(?:_name)?"),
        "brand": ("brand(?:_name)?|vendor|manufacturer|marke", "brand(?:_name)?"),
        "list_price": ("(?:list_|unit_|retail_|sales?_)?price|rrp|msrp", ""),
        "unit_cost": ("(?:unit_|standard_|purchase_)?cost(?:_price)?", ""),
    },
    "store": {
        "store_id": (_ID, ""),
        "store_name": ("name|title", ""),
        "store_country": ("country(?:_?code)?", ""),
        "store_region": ("region|state|province|county", ""),
        "store_city": ("city|town", ""),
    },
    "order": {
        "order_id": (_ID, ""),
        "ordered_at": (
            _DAY,
            "(?:ordered|placed|purchased|bought|sold|created)(?:_at|_on|_date)?|(?:order|sale)_?date|date",
        ),
        "status": ("status|state", ""),
        "currency": ("currency(?:_code)?", "currency(?:_code)?"),
        "order_discount_amount": ("discount(?:_amount)?", ""),
        "shipping_amount": ("shipping(?:_amount|_cost|_fee)?|freight|postage|delivery_(?:fee|cost|charge)", ""),
        "tax_amount": ("tax(?:es|_amount)?|vat(?:_amount)?", ""),
    },
    "order_line": {
        "line_number": ("(?:line|line_item|position|pos)(?:_(?:no|nr|num|number|id))?|sequence(?:_number)?|no|nr", ""),
        "quantity": ("quantity|qty|units|pieces|pcs|count|menge", ""),
        "gross_amount": ("gross(?:_?(?:amount|total|price|value))?", ""),
        "discount_amount": ("discount(?:_?(?:amount|value))?|disc|rebate", ""),
        "net_amount": (
            f"(?:net|line|total|extended|sales?)_(?:{_SUM}|price)|{_SUM}|subtotal|net|paid|revenue|umsatz",
            "",
        ),
        "unit_price": ("(?:(?:unit|list|sales?|selling|retail|item)_)?price(?:_each|_per_unit)?|preis|einzelpreis", ""),
    },
    "return_line": {
        "return_id": (_ID, ""),
        "returned_at": (f"{_DAY}|(?:returned|refunded|created)(?:_at|_on|_date)?", "(?:returned|refunded)(?:_at|_on)?"),
        "return_quantity": ("quantity|qty|units|pieces|count", ""),
        "return_amount": ("amount|total|value|refund", "refund"),
        "return_reason": ("reason(?:_code)?", "reason"),
    },
}

# canonical column: {its word: the words that mean it}
WORDS = {
    "gender": {"F": "f female w woman women weiblich", "M": "m male man men", "X": "x d diverse other nonbinary"},
    "marital_status": {"married": "m married", "unmarried": "s u single unmarried divorced widowed"},
    "home_ownership": {
        "homeowner": "y yes true own owner homeowner",
        "no homeowner": "n no false",
        "renter": "rent renter",
    },
    "status": {
        "completed": "completed complete closed paid shipped delivered fulfilled done finished invoiced",
        "cancelled": "cancelled canceled void voided rejected",
        "open": "open pending processing new created placed confirmed hold",
    },
}
