"""The interface of claims: visits, settlements, what a visit would come to, facts known later."""
