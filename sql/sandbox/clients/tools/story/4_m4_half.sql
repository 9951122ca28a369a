CREATE ROLE half
GO
GRANT SELECT ON dbo.nothing TO half
