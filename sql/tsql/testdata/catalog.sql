SET NOCOUNT ON; SET LOCK_TIMEOUT 15000;
-- 1 database
SELECT DB_NAME(), d.state, d.user_access, d.is_read_only, d.collation_name, d.containment, d.is_trustworthy_on, d.is_db_chaining_on, d.owner_sid,
       CAST(SERVERPROPERTY('EngineEdition') AS int), CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)),
       HAS_PERMS_BY_NAME(NULL,'DATABASE','VIEW DEFINITION'), HAS_PERMS_BY_NAME(NULL,'DATABASE','ALTER ANY ROLE'), USER_NAME(), ORIGINAL_LOGIN()
FROM sys.databases AS d WHERE d.database_id = DB_ID();
-- 2 principals
SELECT p.principal_id, p.name, p.type, p.sid, p.is_fixed_role, p.owning_principal_id, p.authentication_type, p.default_schema_name, p.create_date, p.modify_date
FROM sys.database_principals AS p;
-- 3 membership edges
SELECT role_principal_id, member_principal_id FROM sys.database_role_members;
-- 4 permissions (user objects, schemas, database, principals)
SELECT x.class, x.major_id, x.minor_id, x.grantee_principal_id, x.grantor_principal_id, RTRIM(x.type) AS type, x.state
FROM sys.database_permissions AS x WHERE NOT (x.class = 1 AND x.major_id < 0);
-- 5 schemas, 6 views with effective owner, 7 view columns
SELECT schema_id, name, principal_id FROM sys.schemas;
SELECT o.object_id, o.schema_id, o.name, COALESCE(o.principal_id, s.principal_id) AS owner_id, o.modify_date, m.is_schema_bound, HASHBYTES('SHA2_256', m.definition) AS def_hash
FROM sys.views AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id
WHERE o.is_ms_shipped = 0;
SELECT c.object_id, c.column_id, c.name FROM sys.columns AS c JOIN sys.views AS v ON v.object_id = c.object_id WHERE v.is_ms_shipped = 0;
-- 8 marks
SELECT class, major_id, minor_id, name, CAST(value AS nvarchar(4000)) FROM sys.extended_properties WHERE class IN (0,1,4);
