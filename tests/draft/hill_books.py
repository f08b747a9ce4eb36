"""Hill Books, a shop that exports yearly order files, prices on its items only, and returns without a customer."""

from pathlib import Path

FILES = {
    "HillBooks_Buyers.csv": "BuyerKey,GivenName,Surname,DateOfBirth,Sex,CivilStatus,HomeOwner,Mail,YearlyIncome\n"
    '100,Zoë,Hart,4/28/1966,F,M,Y,zoe@example.org,"$90,000 "\n'
    '101,Ben,Null,12/5/1980,M,S,N,ben@example.org,"$160,000 "\n'
    '102,Cleo,Marsh,1/13/1991,NA,S,N,,"$20,000 "\n'
    "103,Dan,Reed,,F,M,Y,dan@example.org,\n",
    "HillBooks_Items.csv": "ItemKey,ItemSKU,TypeKey,ItemName,ItemCost,ItemPrice\n"
    "7,BK-7,1,Atlas,10.25,24.5\n8,BK-8,2,Novel,3.1,9.99\n9,BK-9,2,Poems,2,8\n10,PN-1,3,Pencil,0.125,0.5\n",
    "HillBooks_Item_Types.csv": "TypeKey,TypeName,CategoryKey\n1,Maps,1\n2,Fiction,1\n3,Writing,2\n",
    "HillBooks_Categories.csv": "CategoryKey,CategoryName\n1,Books\n2,Stationer's\n",
    "HillBooks_Shops.csv": "ShopKey,Town,Country\n1,Leeds,GB\n2,Cork,IE\n",
    "HillBooks_Orders_2023.csv": "OrderDate,OrderNo,LineNo,ItemKey,BuyerKey,ShopKey,OrderQuantity\n"
    "1/31/2023,A1,1,7,100,1,1\n1/31/2023,A1,2,10,100,1,12\n2/3/2023,A2,1,8,101,2,2\n",
    "HillBooks_Orders_2024.csv": "OrderDate,OrderNo,LineNo,ItemKey,BuyerKey,ShopKey,OrderQuantity\n"
    "1/5/2024,A3,1,8,101,2,1\n6/7/2024,A4,1,9,102,1,3\n",
    "HillBooks_Returns.csv": "ReturnDate,ShopKey,ItemKey,ReturnQuantity\n2/14/2023,1,10,2\n2/20/2023,2,8,1\n",
}


def write(folder: Path) -> list[Path]:
    """The files as the shop's till writes them: Windows-1252, CRLF."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    return [folder / name for name in FILES]
