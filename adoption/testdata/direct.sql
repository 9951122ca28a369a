-- No roles of the application at all: grants on the schema, and to users.
CREATE LOGIN ann WITH PASSWORD = 'x';
CREATE LOGIN bob WITH PASSWORD = 'x';
CREATE LOGIN carol WITH PASSWORD = 'x';
CREATE LOGIN dave WITH PASSWORD = 'x';
CREATE LOGIN [EXAMPLE\erin] FROM WINDOWS;
CREATE USER ann FOR LOGIN ann;
CREATE USER bob FOR LOGIN bob;
CREATE USER carol FOR LOGIN carol;
CREATE USER dave FOR LOGIN dave;
CREATE USER [EXAMPLE\erin] FOR LOGIN [EXAMPLE\erin];
GO
-- Everybody is in a role that holds nothing.
CREATE ROLE staff;
ALTER ROLE staff ADD MEMBER ann;
ALTER ROLE staff ADD MEMBER bob;
ALTER ROLE staff ADD MEMBER [EXAMPLE\erin];
GO
CREATE ROLE readers;
GRANT SELECT ON SCHEMA::dbo TO readers;
GRANT EXECUTE TO readers;
ALTER ROLE readers ADD MEMBER dave;
GO
GRANT SELECT, INSERT, UPDATE ON dbo.imvw_work_order TO ann;
GRANT SELECT ON dbo.imvw_asset TO ann;
GRANT SELECT ON dbo.imvw_budget TO bob;
GRANT SELECT ON dbo.imvw_general_ledger TO bob;
GRANT SELECT ON dbo.imvw_gl_split_info TO bob;
GRANT SELECT ON dbo.imvw_actual_cost TO bob;
DENY UPDATE ON dbo.imvw_budget TO bob;
GRANT SELECT (id, name) ON dbo.imvw_pay_type TO carol;
GRANT SELECT ON dbo.imvw_site TO carol WITH GRANT OPTION;
GRANT SELECT ON dbo.imvw_part TO [EXAMPLE\erin];
GRANT INSERT ON SCHEMA::dbo TO [EXAMPLE\erin];
