"""The `ingest` part of a `source.yml`: where Data Factory gets a feed's files. Names of secrets, never a secret."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# As Key Vault names its secrets: a password or a connection string isn't one.
SecretName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][0-9A-Za-z-]{0,126}$")]
# Without user, query or fragment, which could hold a secret.
Address = Annotated[str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$")]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.-]+$")]
Path = Annotated[str, StringConstraints(pattern=r"^[^/\\?*'][^\\?*']*$")]
SqlName = r"[A-Za-z_][A-Za-z0-9_$#@ ]*"
Parameter = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$")]
ListName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Declared(BaseModel):
    """A part of a declaration."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SqlWatermark(Declared):
    """The column by which new and changed rows are known."""

    column: Annotated[str, StringConstraints(pattern=f"^{SqlName}$")]
    type: Literal["datetime2", "datetimeoffset", "bigint"] = "datetime2"
    start: Annotated[str, StringConstraints(pattern=r"^[0-9TZ:. +-]*$")] = Field(
        "", description="rows above it come the first time; by default all"
    )


class FromSql(Declared):
    """Rows of Azure SQL (`sql`) or of a SQL Server of one's own (`sql_server`), as a CSV file."""

    kind: Literal["sql", "sql_server"]
    secret: SecretName = Field(description="name of the Key Vault secret that holds the connection string")
    table: Annotated[str, StringConstraints(pattern=rf"^{SqlName}[.]{SqlName}$")] | None = Field(
        None, description="schema.table; this or a query"
    )
    query: str | None = Field(None, description="one SELECT, without ORDER BY")
    watermark: SqlWatermark | None = Field(None, description="without one all rows come each time")


class FromSftp(Declared):
    """Files of an SFTP server that are new or have changed."""

    kind: Literal["sftp"]
    host: Host
    port: int = Field(22, ge=1, le=65535)
    user: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@-]+$")]
    secret: SecretName = Field(description="name of the Key Vault secret that holds the password")
    fingerprint: str = Field(min_length=1, description="of the host's key, such as ssh-rsa 2048 SHA256:...")
    folder: Path
    pattern: str | None = Field(None, description="file names there, with one *; by default as `files`")


class FromHttp(Declared):
    """One file that anybody may read, fetched each time."""

    kind: Literal["http"]
    url: Address
    path: Path


class FromBlob(Declared):
    """Files of another storage account that are new or have changed; the factory's identity reads it."""

    kind: Literal["blob"]
    account: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{3,24}$")]
    container: Annotated[str, StringConstraints(pattern=r"^[a-z0-9$][a-z0-9-]{2,62}$")]
    folder: Path
    pattern: str | None = Field(None, description="file names there, with one *; by default as `files`")


class RestWatermark(Declared):
    """The parameters that ask for what has changed within a time."""

    since: Parameter
    until: Parameter
    start: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")] = "2000-01-01T00:00:00Z"


class Paging(Declared):
    """How a page tells of the next one."""

    by: Literal["link", "url", "cursor"] = Field(
        "link", description="link: a Link header (RFC 5988); url: an address in the page; cursor: a value in the page"
    )
    at: Annotated[str, StringConstraints(pattern=r"^\$(\.[A-Za-z_][A-Za-z0-9_]*)+$")] | None = Field(
        None, description="url, cursor: where the page has it, such as $.next"
    )
    parameter: Parameter | None = Field(None, description="cursor: the parameter that takes it")


class FromRest(Declared):
    """Pages of a REST API as they come, one in a line."""

    kind: Literal["rest"]
    url: Address
    path: Path
    query: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.~=&%,:-]*$")] = Field(
        "", description="parameters that stay, such as status=any"
    )
    secret: SecretName = Field(description="name of the Key Vault secret that holds the token")
    items: ListName = Field(description="the page's list of items, which the feed explodes")
    limit: Parameter = Field("limit", description="parameter of the number of items in a page")
    page_size: int = Field(250, ge=1)
    paging: Paging = Paging()
    watermark: RestWatermark | None = Field(None, description="without one all items come each time")


Ingest = Annotated[FromSql | FromSftp | FromHttp | FromBlob | FromRest, Field(discriminator="kind")]


def split_pattern(pattern: str) -> tuple[str, str] | None:
    """What stands before and behind the one `*`; none where that isn't all there is.

    >>> split_pattern("orders*.csv")
    ('orders', '.csv')
    >>> split_pattern("orders_??.csv")
    """
    before, star, behind = pattern.partition("*")
    return (before, behind) if star and not set("*?[]") & set(before + behind) else None


def pattern_there(ingest: Ingest, files: str) -> str:
    """The pattern of the names that files have, or are given, before they land."""
    return (isinstance(ingest, FromSftp | FromBlob) and ingest.pattern) or files
