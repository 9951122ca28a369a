GRANT SELECT ON dbo.open_job TO planner, clerk
GO
GRANT INSERT, UPDATE ON dbo.open_job TO clerk
DENY UPDATE ON dbo.open_job (title) TO bob
