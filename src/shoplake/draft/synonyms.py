"""Names under which shops export what the canonical entities hold, as patterns over snake_case."""

_ID = "id|key|no|nr|num|number|code|ref"
_DAY = "date|day|time|timestamp|datetime|datum"
_SUM = "amount|total|value|sales"
_NET = f"(?:net|line|total|extended|sales?)_(?:{_SUM}|price)|{_SUM}|subtotal|net|paid|revenue|umsatz"
_PRICE = "(?:(?:unit|list|sales?|selling|retail|item)_)?price(?:_each|_per_unit)?|preis|einzelpreis"
_PLACE = {"country": "country(?:_?code)?", "region": "region|state|province|county", "city": "city|town"}

# entity: what it is called in front of its own columns
NOUNS = {
    "customer": "customer|client|buyer|member|household|shopper|account|user|kunde|kunden",
    "product": "product|item|article|artikel|stock|goods|variant|part|material",
    "store": "store|shop|branch|outlet|location|site|filiale|(?:sales_)?territory",
    "order": "(?:sales_)?order|invoice|basket|transaction|receipt|ticket|purchase|sale|bill|rechnung|bestellung|bon",
    "order_line": "(?:sales_)?order|line|item|line_item|product|unit|sales|sale",
    "return_line": "return|returned|refund|refunded|credit_note|rma|retoure",
}

# entity: {canonical column: its name in a feed of its own, or after the noun}
OWN = {
    "customer": _PLACE | {
        "customer_id": _ID, "household_size": "size", "first_name": "first_?name|given_?name|fore_?name|vorname",
        "last_name": "last_?name|surname|family_?name|nachname", "postal_code": "post(?:al)?_?code|zip|plz",
        "phone": "(?:tele)?phone(?:_no|_number)?|mobile|tel", "address": "(?:street_)?address(?:_(?:line_)?1)?|street",
    },
    "product": {
        "product_id": _ID, "name": "name|title|label|description|bezeichnung", "department": "department|division",
        "category": "category(?:_name)?|kategorie", "subcategory": "sub_?category(?:_name)?|type(?:_name)?",
        "brand": "brand(?:_name)?|vendor|manufacturer|marke", "list_price": f"{_PRICE}|rrp|msrp",
        "unit_cost": "(?:unit_|standard_|purchase_)?cost(?:_price)?",
    },
    "store": {f"store_{name}": pattern for name, pattern in _PLACE.items()} | {
        "store_id": _ID, "store_name": "name|title", "store_time_zone": "time_?zone|zone|tz",
    },
    "order": {
        "order_id": _ID, "ordered_at": _DAY, "status": "status|state", "channel": "(?:sales_)?channel",
        "currency": "currency(?:_code)?", "order_discount_amount": "discount(?:_amount)?",
        "shipping_amount": "shipping(?:_amount|_cost|_fee)?|freight|postage|delivery_(?:fee|cost|charge)",
        "tax_amount": "tax(?:es|_amount)?|vat(?:_amount)?", "is_tax_included": "(?:is_)?tax(?:es)?_included",
        "is_test": "(?:is_)?test", "is_guest": "(?:is_)?guest",
    },
    "order_line": {
        "line_number": "(?:line|line_item|position|pos)(?:_(?:no|nr|num|number|id))?|sequence(?:_number)?|no|nr",
        "quantity": "quantity|qty|units|pieces|pcs|count|menge", "gross_amount": f"gross(?:_?(?:{_SUM}|price))?",
        "discount_amount": "discount(?:_?(?:amount|value))?|disc|rebate",
        "net_amount": _NET, "unit_price": _PRICE,
    },
    "return_line": {
        "return_id": _ID, "return_quantity": "quantity|qty|units|pieces|count", "return_reason": "reason(?:_code)?",
        "return_amount": f"{_NET}|refund", "returned_at": f".*_(?:{_DAY}|at|on)|{_DAY}", "unit_price": _PRICE,
    },
}  # fmt: skip

# canonical column: its name anywhere
ANYWHERE = {
    "customer_id": "loyalty_(?:id|no|number|card)|(?:customer_)?(?:e_?)?mail(?:_address)?",
    "birth_date": "birth_?date|date_of_birth|birth_?day|dob|born", "gender": "gender|sex",
    "age_band": "age_?(?:band|group|range|class)", "marital_status": "marital_?status|civil_status",
    "income_band": "(?:annual_|yearly_|household_)?income(?:_?(?:band|range|group))?",
    "household_size": "(?:household|family)_size", "home_ownership": "home_?owner(?:ship)?|house_owner(?:_flag)?",
    "children_count": "(?:total_|number_of_|num_|no_of_)?(?:children|kids)(?:_count)?",
    "country": "country(?:_?code)?", "city": "city|town", "first_name": "first_?name", "last_name": "last_?name",
    "email": "(?:e_?)?mail(?:_address)?", "product_id": "sku|ean|upc|gtin|asin|isbn|plu|barcode", "name": "description",
    "category": "category(?:_name)?", "subcategory": "sub_?category(?:_name)?", "brand": "brand(?:_name)?",
    "ordered_at": "(?:ordered|placed|purchased|bought|sold|created)(?:_at|_on|_date)?|(?:order|sale)_?date|date",
    "channel": "(?:sales_)?channel", "currency": "currency(?:_code)?", "return_reason": "reason",
    "returned_at": "(?:returned|refunded)(?:_at|_on)?", "return_amount": "refund",
}  # fmt: skip

# canonical column: {its word: the words that mean it}
WORDS = {
    "gender": {"F": "f female w woman women weiblich", "M": "m male man men", "X": "x d diverse other nonbinary"},
    "marital_status": {"married": "m married", "unmarried": "s u single unmarried divorced widowed"},
    "home_ownership": {"homeowner": "y yes true own owner", "no homeowner": "n no false", "renter": "rent renter"},
    "status": {
        "completed": "completed complete closed paid shipped delivered fulfilled done finished invoiced",
        "cancelled": "cancelled canceled void voided rejected", "open": "open pending processing new created placed",
    },
}  # fmt: skip
