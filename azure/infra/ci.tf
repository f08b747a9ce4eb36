# Workflows come with a token that their platform signs; no secret is stored anywhere.

resource "azurerm_user_assigned_identity" "ci" {
  for_each = var.ci_subjects

  name                = "id-${local.stem}-ci-${each.key}"
  resource_group_name = azurerm_resource_group.this.name
  location            = var.location
  tags                = local.tags
}

resource "azurerm_federated_identity_credential" "ci" {
  for_each = var.ci_subjects

  name                = each.key
  resource_group_name = azurerm_resource_group.this.name
  parent_id           = azurerm_user_assigned_identity.ci[each.key].id
  issuer              = var.ci_issuer
  subject             = each.value
  audience            = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "ci" {
  for_each = var.ci_subjects

  scope                = azurerm_resource_group.this.id
  role_definition_name = each.key == "deploy" ? "Contributor" : "Reader"
  principal_id         = azurerm_user_assigned_identity.ci[each.key].principal_id
  principal_type       = "ServicePrincipal"
}

# Deploying gives services their roles; this lets it give those, and no other: not itself Owner.
data "azurerm_role_definition" "given" {
  for_each = contains(keys(var.ci_subjects), "deploy") ? toset([for each in local.services : each.role]) : []

  name  = each.key
  scope = azurerm_resource_group.this.id # all that it may read
}

locals {
  given = join(", ", [for role in data.azurerm_role_definition.given : role.role_definition_id])
}

resource "azurerm_role_assignment" "ci_gives_roles" {
  count = contains(keys(var.ci_subjects), "deploy") ? 1 : 0

  scope                = azurerm_resource_group.this.id
  role_definition_name = "Role Based Access Control Administrator"
  principal_id         = azurerm_user_assigned_identity.ci["deploy"].principal_id
  principal_type       = "ServicePrincipal"
  condition_version    = "2.0"
  condition            = <<-EOT
    (!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})
     OR @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${local.given}})
    AND
    (!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})
     OR @Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${local.given}})
  EOT
}
