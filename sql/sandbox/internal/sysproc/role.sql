-- The roles of a database, their members, and what makes and drops them.
CREATE PROCEDURE sys.sp_helprole
    @rolename sysname = NULL
AS
-- "sp_helprole (Transact-SQL)"
IF @rolename IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @rolename AND type IN ('R', 'A'))
BEGIN
    RAISERROR (15409, -1, -1, @rolename)
    RETURN 1
END
SELECT name AS RoleName, CAST(principal_id AS smallint) AS RoleId, CASE type WHEN 'A' THEN 1 ELSE 0 END AS IsAppRole
FROM sys.database_principals
WHERE type IN ('R', 'A') AND (@rolename IS NULL OR name = @rolename)
ORDER BY principal_id
RETURN 0
GO
CREATE PROCEDURE sys.sp_helprolemember
    @rolename sysname = NULL
AS
-- "sp_helprolemember (Transact-SQL)"
IF @rolename IS NOT NULL AND NOT EXISTS (SELECT * FROM sys.database_principals WHERE name = @rolename AND type = 'R')
BEGIN
    RAISERROR (15409, -1, -1, @rolename)
    RETURN 1
END
SELECT r.name AS DbRole, p.name AS MemberName, p.sid AS MemberSID
FROM sys.database_role_members AS m
JOIN sys.database_principals AS r ON r.principal_id = m.role_principal_id
JOIN sys.database_principals AS p ON p.principal_id = m.member_principal_id
WHERE @rolename IS NULL OR r.name = @rolename
ORDER BY 1, 2
RETURN 0
GO
