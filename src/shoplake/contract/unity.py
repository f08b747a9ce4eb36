"""What people see of tables in a catalog: the section `[unity]` of `shoplake.toml`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Unity(BaseModel):
    """Settings of the views that show what is published."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    published: str = Field("shop", min_length=1, description="the schema that has a view of each published table")
    metric_views: bool = Field(True, description="whether it has metric views, where the catalog knows such")
    personal_group: str = Field(
        "", description="the account group that sees personal columns; without one the views have none of them"
    )
    row_filters: dict[str, str] = Field(
        {}, description="column -> SQL function of its value: views with the column have the rows for which it is true"
    )
