-- Catalog views that are views over others, in the server's own T-SQL: after a line with the name of the view a query
-- with the columns that views.txt has for it and no value. What the caller sees of them is what they see of those below.

-- view sys.procedures
SELECT o.name, o.object_id, o.principal_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, o.create_date, o.modify_date, o.is_ms_shipped
FROM sys.objects AS o WHERE o.type IN ('P', 'X', 'RF', 'PC')

-- view sys.computed_columns
SELECT c.object_id, c.name, c.column_id, c.system_type_id, c.user_type_id, c.max_length, c.precision, c.scale, c.collation_name, c.is_nullable, c.is_ansi_padded,
    c.is_rowguidcol, c.is_identity, c.is_computed, c.default_object_id, CAST(NULL AS nvarchar(max)) AS definition, CAST(0 AS bit) AS uses_database_collation, CAST(0 AS bit) AS is_persisted
FROM sys.columns AS c WHERE c.is_computed = 1

-- view sys.stats
SELECT i.object_id, i.name, i.index_id AS stats_id, i.has_filter, i.filter_definition FROM sys.indexes AS i WHERE i.index_id > 0

-- view sys.stats_columns
SELECT c.object_id, c.index_id AS stats_id, CAST(c.key_ordinal AS int) AS stats_column_id, c.column_id FROM sys.index_columns AS c WHERE c.key_ordinal > 0

-- view sys.dm_db_partition_stats
SELECT p.partition_id, p.object_id, p.index_id, p.rows AS row_count FROM sys.partitions AS p

-- view sys.allocation_units
SELECT p.partition_id AS allocation_unit_id, p.hobt_id AS container_id FROM sys.partitions AS p

-- view sys.database_files
SELECT f.file_id, f.type, f.type_desc, f.data_space_id, f.name, f.physical_name, f.max_size FROM sys.master_files AS f WHERE f.database_id = DB_ID()

-- view sys.master_files
SELECT d.database_id, CAST(f.id AS int) AS file_id, CAST(f.id - 1 AS tinyint) AS type, CAST(CASE f.id WHEN 1 THEN N'ROWS' ELSE N'LOG' END AS nvarchar(60)) AS type_desc,
    CAST(2 - f.id AS int) AS data_space_id,
    CAST(CASE d.database_id WHEN 1 THEN CASE f.id WHEN 1 THEN N'master' ELSE N'mastlog' END WHEN 2 THEN CASE f.id WHEN 1 THEN N'tempdev' ELSE N'templog' END
        WHEN 3 THEN CASE f.id WHEN 1 THEN N'modeldev' ELSE N'modellog' END WHEN 4 THEN CASE f.id WHEN 1 THEN N'MSDBData' ELSE N'MSDBLog' END
        ELSE LEFT(d.name, 124) + CASE f.id WHEN 1 THEN N'' ELSE N'_log' END END AS sysname) AS name,
    CAST(N'/var/opt/mssql/data/' + CASE d.database_id WHEN 1 THEN CASE f.id WHEN 1 THEN N'master.mdf' ELSE N'mastlog.ldf' END
        WHEN 2 THEN CASE f.id WHEN 1 THEN N'tempdb.mdf' ELSE N'templog.ldf' END WHEN 3 THEN CASE f.id WHEN 1 THEN N'model.mdf' ELSE N'modellog.ldf' END
        WHEN 4 THEN CASE f.id WHEN 1 THEN N'MSDBData.mdf' ELSE N'MSDBLog.ldf' END ELSE d.name + CASE f.id WHEN 1 THEN N'.mdf' ELSE N'_log.ldf' END END AS nvarchar(260)) AS physical_name,
    CAST(CASE f.id WHEN 1 THEN -1 ELSE 268435456 END AS int) AS max_size
FROM sys.databases AS d CROSS JOIN (VALUES (1), (2)) AS f (id)

-- view sys.servers
SELECT CAST(0 AS int) AS server_id, @@SERVERNAME AS name, CAST(@@SERVERNAME AS nvarchar(4000)) AS data_source, d.create_date AS modify_date FROM sys.databases AS d WHERE d.database_id = 1

-- view sys.database_mirroring
SELECT d.database_id FROM sys.databases AS d

-- view sys.database_recovery_status
SELECT d.database_id FROM sys.databases AS d

-- view sys.database_filestream_options
SELECT d.database_id FROM sys.databases AS d

-- view sys.dm_os_sys_info
SELECT CAST(DATEDIFF(second, d.create_date, GETDATE()) AS bigint) * 1000 AS ms_ticks, d.create_date AS sqlserver_start_time FROM sys.databases AS d WHERE d.database_id = 2

-- view sys.all_sql_modules
SELECT m.object_id, m.definition, m.uses_quoted_identifier, m.is_schema_bound, m.is_recompiled, m.null_on_null_input, m.execute_as_principal_id FROM sys.sql_modules AS m

-- view sys.all_parameters
SELECT p.object_id, p.name, p.parameter_id, p.system_type_id, p.user_type_id, p.max_length, p.precision, p.scale, p.is_output, p.is_cursor_ref, p.is_readonly FROM sys.parameters AS p

-- view sys.all_objects
SELECT o.name, o.object_id, o.principal_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, o.create_date, o.modify_date, o.is_ms_shipped FROM sys.objects AS o
UNION ALL SELECT o.name, o.object_id, o.principal_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, o.create_date, o.modify_date, o.is_ms_shipped FROM sys.system_objects AS o

-- view sys.system_views
SELECT o.name, o.object_id, o.principal_id, o.schema_id, o.parent_object_id, o.type, o.type_desc, o.create_date, o.modify_date, o.is_ms_shipped, CAST(0 AS bit) AS with_check_option
FROM sys.system_objects AS o WHERE o.type = 'V'

-- view sys.all_views
SELECT v.name, v.object_id, v.principal_id, v.schema_id, v.parent_object_id, v.type, v.type_desc, v.create_date, v.modify_date, v.is_ms_shipped, v.with_check_option FROM sys.views AS v
UNION ALL SELECT v.name, v.object_id, v.principal_id, v.schema_id, v.parent_object_id, v.type, v.type_desc, v.create_date, v.modify_date, v.is_ms_shipped, v.with_check_option
FROM sys.system_views AS v

-- view sys.all_columns
SELECT c.object_id, c.name, c.column_id, c.system_type_id, c.user_type_id, c.max_length, c.precision, c.scale, c.collation_name, c.is_nullable, c.is_ansi_padded,
    c.is_rowguidcol, c.is_identity, c.is_computed, c.default_object_id FROM sys.columns AS c
UNION ALL SELECT c.object_id, c.name, c.column_id, c.system_type_id, c.user_type_id, c.max_length, c.precision, c.scale, c.collation_name, c.is_nullable, c.is_ansi_padded,
    c.is_rowguidcol, c.is_identity, c.is_computed, c.default_object_id FROM sys.system_columns AS c

-- view INFORMATION_SCHEMA.SCHEMATA
SELECT DB_NAME() AS CATALOG_NAME, s.name AS SCHEMA_NAME, p.name AS SCHEMA_OWNER FROM sys.schemas AS s LEFT JOIN sys.database_principals AS p ON p.principal_id = s.principal_id

-- view INFORMATION_SCHEMA.TABLES
SELECT DB_NAME() AS TABLE_CATALOG, SCHEMA_NAME(o.schema_id) AS TABLE_SCHEMA, o.name AS TABLE_NAME, CAST(CASE o.type WHEN 'U' THEN 'BASE TABLE' ELSE 'VIEW' END AS varchar(10)) AS TABLE_TYPE
FROM sys.objects AS o WHERE o.type IN ('U', 'V')

-- view INFORMATION_SCHEMA.VIEWS
SELECT DB_NAME() AS TABLE_CATALOG, SCHEMA_NAME(v.schema_id) AS TABLE_SCHEMA, v.name AS TABLE_NAME, CAST(CASE WHEN DATALENGTH(m.definition) <= 8000 THEN m.definition END AS nvarchar(4000)) AS VIEW_DEFINITION,
    CAST(CASE WHEN v.with_check_option = 1 THEN 'CASCADE' ELSE 'NONE' END AS varchar(7)) AS CHECK_OPTION
FROM sys.views AS v LEFT JOIN sys.sql_modules AS m ON m.object_id = v.object_id

-- view INFORMATION_SCHEMA.COLUMNS
SELECT DB_NAME() AS TABLE_CATALOG, SCHEMA_NAME(o.schema_id) AS TABLE_SCHEMA, o.name AS TABLE_NAME, c.name AS COLUMN_NAME,
    CAST(ROW_NUMBER() OVER (PARTITION BY c.object_id ORDER BY c.column_id) AS int) AS ORDINAL_POSITION, CAST(d.definition AS nvarchar(4000)) AS COLUMN_DEFAULT,
    CAST(CASE WHEN c.is_nullable = 1 THEN 'YES' ELSE 'NO' END AS varchar(3)) AS IS_NULLABLE, CAST(TYPE_NAME(c.user_type_id) AS nvarchar(128)) AS DATA_TYPE,
    CAST(CASE WHEN c.system_type_id IN (231, 239) AND c.max_length > 0 THEN c.max_length / 2 WHEN c.system_type_id = 99 THEN 1073741823 WHEN c.system_type_id IN (34, 35) THEN 2147483647
        WHEN c.system_type_id IN (165, 167, 173, 175, 231, 239) THEN c.max_length END AS int) AS CHARACTER_MAXIMUM_LENGTH,
    CAST(CASE WHEN c.system_type_id = 99 THEN 2147483646 WHEN c.system_type_id IN (34, 35) THEN 2147483647 WHEN c.system_type_id IN (165, 167, 173, 175, 231, 239) THEN c.max_length END AS int) AS CHARACTER_OCTET_LENGTH,
    CAST(CASE WHEN c.system_type_id IN (48, 52, 56, 59, 60, 62, 106, 108, 122, 127) THEN c.precision END AS tinyint) AS NUMERIC_PRECISION,
    CAST(CASE WHEN c.system_type_id IN (59, 62) THEN 2 WHEN c.system_type_id IN (48, 52, 56, 60, 106, 108, 122, 127) THEN 10 END AS smallint) AS NUMERIC_PRECISION_RADIX,
    CAST(CASE WHEN c.system_type_id IN (48, 52, 56, 60, 106, 108, 122, 127) THEN c.scale END AS int) AS NUMERIC_SCALE,
    CAST(CASE WHEN c.system_type_id IN (40, 41, 42, 43, 58, 61) THEN c.scale END AS smallint) AS DATETIME_PRECISION,
    CAST(CASE WHEN c.system_type_id IN (99, 231, 239) THEN N'UNICODE' WHEN c.system_type_id IN (35, 167, 175) THEN N'iso_1' END AS sysname) AS CHARACTER_SET_NAME, c.collation_name AS COLLATION_NAME
FROM sys.columns AS c JOIN sys.objects AS o ON o.object_id = c.object_id AND o.type IN ('U', 'V') LEFT JOIN sys.default_constraints AS d ON d.object_id = c.default_object_id

-- view INFORMATION_SCHEMA.TABLE_CONSTRAINTS
SELECT DB_NAME() AS CONSTRAINT_CATALOG, SCHEMA_NAME(c.schema_id) AS CONSTRAINT_SCHEMA, c.name AS CONSTRAINT_NAME, DB_NAME() AS TABLE_CATALOG, SCHEMA_NAME(t.schema_id) AS TABLE_SCHEMA,
    t.name AS TABLE_NAME, CAST(CASE c.type WHEN 'C' THEN 'CHECK' WHEN 'UQ' THEN 'UNIQUE' WHEN 'PK' THEN 'PRIMARY KEY' ELSE 'FOREIGN KEY' END AS varchar(11)) AS CONSTRAINT_TYPE
FROM sys.objects AS c JOIN sys.tables AS t ON t.object_id = c.parent_object_id WHERE c.type IN ('C', 'UQ', 'PK', 'F')

-- view INFORMATION_SCHEMA.KEY_COLUMN_USAGE
SELECT DB_NAME() AS CONSTRAINT_CATALOG, SCHEMA_NAME(k.schema_id) AS CONSTRAINT_SCHEMA, k.name AS CONSTRAINT_NAME, DB_NAME() AS TABLE_CATALOG, SCHEMA_NAME(t.schema_id) AS TABLE_SCHEMA,
    t.name AS TABLE_NAME, c.name AS COLUMN_NAME, CAST(u.ordinal AS int) AS ORDINAL_POSITION
FROM (SELECT k.object_id, i.column_id, i.key_ordinal AS ordinal FROM sys.key_constraints AS k JOIN sys.index_columns AS i ON i.object_id = k.parent_object_id AND i.index_id = k.unique_index_id
    UNION ALL SELECT f.constraint_object_id, f.parent_column_id, f.constraint_column_id FROM sys.foreign_key_columns AS f) AS u
JOIN sys.objects AS k ON k.object_id = u.object_id JOIN sys.tables AS t ON t.object_id = k.parent_object_id
JOIN sys.columns AS c ON c.object_id = t.object_id AND c.column_id = u.column_id

-- view INFORMATION_SCHEMA.CONSTRAINT_TABLE_USAGE
SELECT c.TABLE_CATALOG, c.TABLE_SCHEMA, c.TABLE_NAME, c.CONSTRAINT_CATALOG, c.CONSTRAINT_SCHEMA, c.CONSTRAINT_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS AS c

-- view INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS
SELECT DB_NAME() AS CONSTRAINT_CATALOG, SCHEMA_NAME(f.schema_id) AS CONSTRAINT_SCHEMA, f.name AS CONSTRAINT_NAME, DB_NAME() AS UNIQUE_CONSTRAINT_CATALOG,
    SCHEMA_NAME(t.schema_id) AS UNIQUE_CONSTRAINT_SCHEMA, i.name AS UNIQUE_CONSTRAINT_NAME,
    CAST(REPLACE(f.update_referential_action_desc, N'_', N' ') AS varchar(11)) AS UPDATE_RULE, CAST(REPLACE(f.delete_referential_action_desc, N'_', N' ') AS varchar(11)) AS DELETE_RULE
FROM sys.foreign_keys AS f LEFT JOIN sys.tables AS t ON t.object_id = f.referenced_object_id LEFT JOIN sys.indexes AS i ON i.object_id = f.referenced_object_id AND i.index_id = f.key_index_id

-- view INFORMATION_SCHEMA.CHECK_CONSTRAINTS
SELECT DB_NAME() AS CONSTRAINT_CATALOG, SCHEMA_NAME(c.schema_id) AS CONSTRAINT_SCHEMA, c.name AS CONSTRAINT_NAME, CAST(c.definition AS nvarchar(4000)) AS CHECK_CLAUSE FROM sys.check_constraints AS c

-- view INFORMATION_SCHEMA.TABLE_PRIVILEGES
SELECT USER_NAME(p.grantor_principal_id) AS GRANTOR, USER_NAME(p.grantee_principal_id) AS GRANTEE, DB_NAME() AS TABLE_CATALOG, SCHEMA_NAME(o.schema_id) AS TABLE_SCHEMA, o.name AS TABLE_NAME,
    CAST(p.permission_name AS varchar(10)) AS PRIVILEGE_TYPE, CAST(CASE p.state WHEN 'W' THEN 'YES' ELSE 'NO' END AS varchar(3)) AS IS_GRANTABLE
FROM sys.database_permissions AS p JOIN sys.objects AS o ON o.object_id = p.major_id AND o.type IN ('U', 'V')
WHERE p.class = 1 AND p.minor_id = 0 AND p.type IN ('SL', 'IN', 'UP', 'DL', 'RF') AND p.state IN ('W', 'G')
    AND (p.grantee_principal_id = 0 OR p.grantee_principal_id = DATABASE_PRINCIPAL_ID() OR p.grantor_principal_id = DATABASE_PRINCIPAL_ID())

-- view INFORMATION_SCHEMA.COLUMN_PRIVILEGES
SELECT USER_NAME(p.grantor_principal_id) AS GRANTOR, USER_NAME(p.grantee_principal_id) AS GRANTEE, DB_NAME() AS TABLE_CATALOG, SCHEMA_NAME(o.schema_id) AS TABLE_SCHEMA, o.name AS TABLE_NAME,
    c.name AS COLUMN_NAME, CAST(p.permission_name AS varchar(10)) AS PRIVILEGE_TYPE, CAST(CASE p.state WHEN 'W' THEN 'YES' ELSE 'NO' END AS varchar(3)) AS IS_GRANTABLE
FROM sys.database_permissions AS p JOIN sys.objects AS o ON o.object_id = p.major_id AND o.type IN ('U', 'V')
JOIN sys.columns AS c ON c.object_id = p.major_id AND (c.column_id = p.minor_id OR p.minor_id = 0)
WHERE p.class = 1 AND p.type IN ('SL', 'IN', 'UP', 'RF') AND p.state IN ('W', 'G')
    AND (p.grantee_principal_id = 0 OR p.grantee_principal_id = DATABASE_PRINCIPAL_ID() OR p.grantor_principal_id = DATABASE_PRINCIPAL_ID())
    AND NOT EXISTS (SELECT * FROM sys.database_permissions AS r WHERE p.minor_id = 0 AND r.class = 1 AND r.major_id = p.major_id AND r.minor_id = c.column_id AND r.type = p.type
        AND r.grantee_principal_id = p.grantee_principal_id AND r.grantor_principal_id = p.grantor_principal_id)

-- view INFORMATION_SCHEMA.VIEW_TABLE_USAGE
SELECT DISTINCT DB_NAME() AS VIEW_CATALOG, SCHEMA_NAME(v.schema_id) AS VIEW_SCHEMA, v.name AS VIEW_NAME, DB_NAME() AS TABLE_CATALOG, SCHEMA_NAME(t.schema_id) AS TABLE_SCHEMA, t.name AS TABLE_NAME
FROM sys.sql_expression_dependencies AS d JOIN sys.views AS v ON v.object_id = d.referencing_id JOIN sys.objects AS t ON t.object_id = d.referenced_id AND t.type IN ('U', 'V')

-- view INFORMATION_SCHEMA.ROUTINES
SELECT DB_NAME() AS SPECIFIC_CATALOG, SCHEMA_NAME(o.schema_id) AS SPECIFIC_SCHEMA, o.name AS SPECIFIC_NAME, DB_NAME() AS ROUTINE_CATALOG, SCHEMA_NAME(o.schema_id) AS ROUTINE_SCHEMA, o.name AS ROUTINE_NAME,
    CAST(CASE WHEN o.type IN ('P', 'PC') THEN N'PROCEDURE' ELSE N'FUNCTION' END AS nvarchar(20)) AS ROUTINE_TYPE,
    CAST(CASE WHEN o.type IN ('TF', 'IF') THEN N'TABLE' ELSE TYPE_NAME(r.user_type_id) END AS nvarchar(128)) AS DATA_TYPE,
    CAST(CASE WHEN r.max_length < 0 THEN -1 WHEN r.system_type_id IN (231, 239) THEN r.max_length / 2 WHEN r.system_type_id IN (165, 167, 173, 175) THEN r.max_length END AS int) AS CHARACTER_MAXIMUM_LENGTH,
    CAST(CASE WHEN r.system_type_id IN (165, 167, 173, 175, 231, 239) THEN r.max_length END AS int) AS CHARACTER_OCTET_LENGTH,
    CAST(CASE WHEN r.system_type_id IN (167, 175, 231, 239) THEN d.collation_name END AS nvarchar(128)) AS COLLATION_NAME,
    CAST(CASE WHEN r.system_type_id IN (231, 239) THEN N'UNICODE' WHEN r.system_type_id IN (167, 175) THEN N'iso_1' END AS nvarchar(128)) AS CHARACTER_SET_NAME,
    CAST(CASE WHEN r.system_type_id IN (48, 52, 56, 59, 60, 62, 106, 108, 122, 127) THEN r.precision END AS smallint) AS NUMERIC_PRECISION,
    CAST(CASE WHEN r.system_type_id IN (59, 62) THEN 2 WHEN r.system_type_id IN (48, 52, 56, 60, 106, 108, 122, 127) THEN 10 END AS smallint) AS NUMERIC_PRECISION_RADIX,
    CAST(CASE WHEN r.system_type_id IN (48, 52, 56, 60, 106, 108, 122, 127) THEN r.scale END AS smallint) AS NUMERIC_SCALE,
    CAST(CASE WHEN r.system_type_id IN (40, 41, 42, 43, 58, 61) THEN r.scale END AS smallint) AS DATETIME_PRECISION,
    CAST(CASE WHEN LEN(m.definition) <= 4000 THEN m.definition END AS nvarchar(4000)) AS ROUTINE_DEFINITION,
    CAST(CASE WHEN o.type IN ('P', 'PC') THEN N'MODIFIES' ELSE N'READS' END AS nvarchar(30)) AS SQL_DATA_ACCESS,
    CAST(CASE WHEN o.type NOT IN ('P', 'PC') THEN CASE m.null_on_null_input WHEN 1 THEN N'NO' ELSE N'YES' END END AS nvarchar(10)) AS IS_NULL_CALL, CAST(CASE WHEN o.type IN ('P', 'PC') THEN -1 ELSE 0 END AS smallint) AS MAX_DYNAMIC_RESULT_SETS,
    o.create_date AS CREATED, o.modify_date AS LAST_ALTERED
FROM sys.objects AS o LEFT JOIN sys.sql_modules AS m ON m.object_id = o.object_id LEFT JOIN sys.parameters AS r ON r.object_id = o.object_id AND r.parameter_id = 0 JOIN sys.databases AS d ON d.database_id = DB_ID()
WHERE o.type IN ('P', 'FN', 'TF', 'IF', 'AF', 'FT', 'IS', 'PC', 'FS')

-- view INFORMATION_SCHEMA.PARAMETERS
SELECT DB_NAME() AS SPECIFIC_CATALOG, SCHEMA_NAME(o.schema_id) AS SPECIFIC_SCHEMA, o.name AS SPECIFIC_NAME, p.parameter_id AS ORDINAL_POSITION,
    CAST(CASE WHEN p.parameter_id = 0 THEN N'OUT' WHEN p.is_output = 1 THEN N'INOUT' ELSE N'IN' END AS nvarchar(10)) AS PARAMETER_MODE,
    CAST(CASE WHEN p.parameter_id = 0 THEN N'YES' ELSE N'NO' END AS nvarchar(10)) AS IS_RESULT, p.name AS PARAMETER_NAME, CAST(TYPE_NAME(p.user_type_id) AS nvarchar(128)) AS DATA_TYPE,
    CAST(CASE WHEN p.max_length < 0 THEN -1 WHEN p.system_type_id IN (231, 239) THEN p.max_length / 2 WHEN p.system_type_id IN (165, 167, 173, 175) THEN p.max_length END AS int) AS CHARACTER_MAXIMUM_LENGTH,
    CAST(CASE WHEN p.system_type_id IN (165, 167, 173, 175, 231, 239) THEN p.max_length END AS int) AS CHARACTER_OCTET_LENGTH,
    CAST(CASE WHEN p.system_type_id IN (167, 175, 231, 239) THEN d.collation_name END AS nvarchar(128)) AS COLLATION_NAME,
    CAST(CASE WHEN p.system_type_id IN (231, 239) THEN N'UNICODE' WHEN p.system_type_id IN (167, 175) THEN N'iso_1' END AS nvarchar(128)) AS CHARACTER_SET_NAME,
    CAST(CASE WHEN p.system_type_id IN (48, 52, 56, 59, 60, 62, 106, 108, 122, 127) THEN p.precision END AS tinyint) AS NUMERIC_PRECISION,
    CAST(CASE WHEN p.system_type_id IN (59, 62) THEN 2 WHEN p.system_type_id IN (48, 52, 56, 60, 106, 108, 122, 127) THEN 10 END AS smallint) AS NUMERIC_PRECISION_RADIX,
    CAST(CASE WHEN p.system_type_id IN (48, 52, 56, 60, 106, 108, 122, 127) THEN p.scale END AS int) AS NUMERIC_SCALE,
    CAST(CASE WHEN p.system_type_id IN (40, 41, 42, 43, 58, 61) THEN p.scale END AS smallint) AS DATETIME_PRECISION
FROM sys.parameters AS p JOIN sys.objects AS o ON o.object_id = p.object_id JOIN sys.databases AS d ON d.database_id = DB_ID()

-- view sys.sysdatabases
SELECT d.name, CAST(d.database_id AS smallint) AS dbid, d.owner_sid AS sid,
    CAST(CASE WHEN d.state = 6 THEN 512 ELSE 0 END + CASE d.is_read_only WHEN 1 THEN 1024 ELSE 0 END + CASE d.user_access WHEN 1 THEN 4096 WHEN 2 THEN 2048 ELSE 0 END
        + CASE d.recovery_model WHEN 3 THEN 8 WHEN 2 THEN 4 ELSE 0 END + CASE d.is_auto_close_on WHEN 1 THEN 1 ELSE 0 END + 65536 AS int) AS status,
    d.create_date AS crdate, d.compatibility_level AS cmptlevel, f.physical_name AS filename
FROM sys.databases AS d JOIN sys.master_files AS f ON f.database_id = d.database_id AND f.file_id = 1

-- view sys.sysobjects
SELECT o.name, o.object_id AS id, o.type AS xtype, CAST(o.schema_id AS smallint) AS uid, o.parent_object_id AS parent_obj, o.create_date AS crdate, o.type, o.create_date AS refdate FROM sys.objects AS o

-- view sys.sysusers
SELECT CAST(p.principal_id AS smallint) AS uid, CAST(0 AS smallint) AS status, p.name, p.sid, p.create_date AS createdate, p.modify_date AS updatedate, CAST(p.owning_principal_id AS smallint) AS altuid,
    CAST(CASE WHEN p.type = 'R' THEN p.principal_id ELSE 0 END AS smallint) AS gid, CAST(CASE WHEN p.type IN ('R', 'A') THEN 0 ELSE 1 END AS int) AS hasdbaccess, CAST(CASE WHEN p.type IN ('R', 'A') THEN 0 ELSE 1 END AS int) AS islogin,
    CAST(CASE WHEN p.type IN ('U', 'G') THEN 1 ELSE 0 END AS int) AS isntname, CAST(CASE p.type WHEN 'G' THEN 1 ELSE 0 END AS int) AS isntgroup, CAST(CASE p.type WHEN 'U' THEN 1 ELSE 0 END AS int) AS isntuser,
    CAST(CASE p.type WHEN 'S' THEN 1 ELSE 0 END AS int) AS issqluser, CAST(CASE p.type WHEN 'R' THEN 1 ELSE 0 END AS int) AS issqlrole, CAST(CASE p.type WHEN 'A' THEN 1 ELSE 0 END AS int) AS isapprole
FROM sys.database_principals AS p

-- view sys.syslogins
SELECT p.sid, p.create_date AS createdate, p.modify_date AS updatedate, p.create_date AS accdate, p.name, p.default_database_name AS dbname, p.default_language_name AS language,
    CAST(p.is_disabled AS int) AS denylogin, CAST(1 - p.is_disabled AS int) AS hasaccess, CAST(CASE p.type WHEN 'S' THEN 0 ELSE 1 END AS int) AS isntname, CAST(CASE p.type WHEN 'G' THEN 1 ELSE 0 END AS int) AS isntgroup,
    CAST(CASE p.type WHEN 'U' THEN 1 ELSE 0 END AS int) AS isntuser, ISNULL(m.r3, 0) AS sysadmin, ISNULL(m.r4, 0) AS securityadmin, ISNULL(m.r5, 0) AS serveradmin, ISNULL(m.r6, 0) AS setupadmin,
    ISNULL(m.r7, 0) AS processadmin, ISNULL(m.r8, 0) AS diskadmin, ISNULL(m.r9, 0) AS dbcreator, ISNULL(m.r10, 0) AS bulkadmin, CAST(p.name AS nvarchar(128)) AS loginname
FROM sys.server_principals AS p LEFT JOIN (SELECT r.member_principal_id, MAX(CASE r.role_principal_id WHEN 3 THEN 1 ELSE 0 END) AS r3, MAX(CASE r.role_principal_id WHEN 4 THEN 1 ELSE 0 END) AS r4,
        MAX(CASE r.role_principal_id WHEN 5 THEN 1 ELSE 0 END) AS r5, MAX(CASE r.role_principal_id WHEN 6 THEN 1 ELSE 0 END) AS r6, MAX(CASE r.role_principal_id WHEN 7 THEN 1 ELSE 0 END) AS r7,
        MAX(CASE r.role_principal_id WHEN 8 THEN 1 ELSE 0 END) AS r8, MAX(CASE r.role_principal_id WHEN 9 THEN 1 ELSE 0 END) AS r9, MAX(CASE r.role_principal_id WHEN 10 THEN 1 ELSE 0 END) AS r10
    FROM sys.server_role_members AS r GROUP BY r.member_principal_id) AS m ON m.member_principal_id = p.principal_id
WHERE p.type <> 'R'

-- view sys.sysmembers
SELECT CAST(m.member_principal_id AS smallint) AS memberuid, CAST(m.role_principal_id AS smallint) AS groupuid FROM sys.database_role_members AS m

-- view sys.syspermissions
SELECT DISTINCT p.major_id AS id, CAST(p.grantee_principal_id AS smallint) AS grantee, CAST(p.grantor_principal_id AS smallint) AS grantor FROM sys.database_permissions AS p WHERE p.class IN (0, 1)

-- view sys.sysprotects
SELECT b.id, b.uid, b.action, b.protecttype, CONVERT(varbinary(4000), STRING_AGG(CASE WHEN b.listed = 1 THEN CONVERT(varchar(2), CAST(b.bits AS binary(1)), 2) END, '') WITHIN GROUP (ORDER BY b.n), 2) AS columns, b.grantor
FROM (SELECT p.major_id AS id, CAST(p.grantee_principal_id AS smallint) AS uid, CAST(a.action AS tinyint) AS action, CAST(CASE p.state WHEN 'W' THEN 204 WHEN 'G' THEN 205 ELSE 206 END AS tinyint) AS protecttype,
        CAST(p.grantor_principal_id AS smallint) AS grantor, CASE WHEN p.class = 1 AND a.action IN (26, 193, 197) THEN 1 ELSE 0 END AS listed, n.n, SUM(CASE WHEN p.minor_id / 8 = n.n THEN POWER(2, p.minor_id % 8) ELSE 0 END) AS bits
    FROM sys.database_permissions AS p
    JOIN (VALUES ('RF', 26), ('CRFN', 178), ('SL', 193), ('IN', 195), ('DL', 196), ('UP', 197), ('CRTB', 198), ('CRDB', 203), ('CRVW', 207), ('CRPR', 222),
        ('EX', 224), ('BADB', 228), ('CRDF', 233), ('BALO', 235), ('CRRU', 236)) AS a (type, action) ON a.type = p.type
    JOIN (SELECT t.n * 10 + o.n AS n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) AS t (n) CROSS JOIN (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS o (n)) AS n
        ON n.n <= p.minor_id / 8
    WHERE p.class IN (0, 1) AND p.state <> 'R'
    GROUP BY p.class, p.major_id, p.grantee_principal_id, a.action, p.state, p.grantor_principal_id, n.n) AS b
GROUP BY b.id, b.uid, b.action, b.protecttype, b.listed, b.grantor

-- view sys.syscolumns
SELECT c.name, c.object_id AS id, c.system_type_id AS xtype, CAST(CASE WHEN c.is_nullable = 1 THEN 0 ELSE 1 END AS tinyint) AS typestat, CAST(c.user_type_id AS smallint) AS xusertype, c.max_length AS length,
    CAST(c.column_id AS smallint) AS colid, CAST(CASE WHEN c.is_identity = 1 THEN 1 ELSE 0 END AS smallint) AS colstat, c.default_object_id AS cdefault, CAST(c.column_id AS smallint) AS colorder,
    CAST(CASE WHEN c.is_nullable = 1 THEN 8 ELSE 0 END + CASE WHEN c.is_identity = 1 THEN 128 ELSE 0 END AS tinyint) AS status, c.system_type_id AS type, CAST(c.user_type_id AS smallint) AS usertype,
    CAST(CASE WHEN c.system_type_id IN (231, 239) AND c.max_length > 0 THEN c.max_length / 2 WHEN c.precision > 0 THEN c.precision ELSE c.max_length END AS smallint) AS prec,
    CAST(CASE WHEN c.precision > 0 THEN c.scale END AS int) AS scale, CAST(c.is_computed AS int) AS iscomputed, CAST(0 AS int) AS isoutparam, CAST(c.is_nullable AS int) AS isnullable, c.collation_name AS collation,
    CAST(0 AS smallint) AS number
FROM sys.columns AS c
UNION ALL SELECT p.name, p.object_id, p.system_type_id, CAST(0 AS tinyint), CAST(p.user_type_id AS smallint), p.max_length, CAST(p.parameter_id AS smallint), CAST(4 AS smallint), CAST(0 AS int), CAST(p.parameter_id AS smallint),
    CAST(CASE WHEN p.is_output = 1 THEN 72 ELSE 8 END AS tinyint), p.system_type_id, CAST(p.user_type_id AS smallint),
    CAST(CASE WHEN p.system_type_id IN (231, 239) AND p.max_length > 0 THEN p.max_length / 2 WHEN p.precision > 0 THEN p.precision ELSE p.max_length END AS smallint),
    CAST(CASE WHEN p.precision > 0 THEN p.scale END AS int), CAST(0 AS int), CAST(p.is_output AS int), CAST(1 AS int), CAST(NULL AS sysname),
    CAST(ISNULL(OBJECTPROPERTY(p.object_id, 'IsProcedure'), 0) AS smallint)
FROM sys.parameters AS p

-- view sys.systypes
SELECT t.name, t.system_type_id AS xtype, CAST(CASE WHEN t.is_nullable = 1 THEN 0 ELSE 1 END AS tinyint) AS status, CAST(t.user_type_id AS smallint) AS xusertype, t.max_length AS length, t.precision AS xprec, t.scale AS xscale,
    CAST(t.schema_id AS smallint) AS uid, CAST(t.user_type_id AS smallint) AS usertype, CAST(CASE WHEN t.system_type_id IN (165, 167, 231) THEN 1 ELSE 0 END AS bit) AS variable, t.is_nullable AS allownulls, t.system_type_id AS type,
    CAST(CASE WHEN t.precision > 0 THEN t.precision ELSE t.max_length END AS smallint) AS prec, CAST(CASE WHEN t.precision > 0 THEN t.scale END AS tinyint) AS scale, t.collation_name AS collation
FROM sys.types AS t

-- view sys.syscomments
SELECT m.id, CAST(ISNULL(OBJECTPROPERTY(m.id, 'IsProcedure'), 0) AS smallint) AS number, CAST(n.n AS smallint) AS colid, CAST(SUBSTRING(m.definition, 4000 * (n.n - 1) + 1, 4000) AS varbinary(8000)) AS ctext, CAST(SUBSTRING(m.definition, 4000 * (n.n - 1) + 1, 4000) AS nvarchar(4000)) AS text
FROM (SELECT s.object_id AS id, s.definition FROM sys.sql_modules AS s UNION ALL SELECT c.object_id, c.definition FROM sys.check_constraints AS c UNION ALL SELECT d.object_id, d.definition FROM sys.default_constraints AS d) AS m
JOIN (SELECT 1 + a.n + 10 * b.n AS n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS a (n) CROSS JOIN (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS b (n)) AS n
    ON n.n = 1 OR DATALENGTH(m.definition) > 8000 * (n.n - 1)

-- view sys.sysindexes
SELECT i.object_id AS id, CAST(CASE WHEN i.is_unique = 1 THEN 2 ELSE 0 END + CASE i.index_id WHEN 1 THEN 16 ELSE 0 END + CASE WHEN i.is_primary_key = 1 THEN 2048 ELSE 0 END + CASE WHEN i.is_unique_constraint = 1 THEN 4096 ELSE 0 END AS int) AS status,
    CAST(i.index_id AS smallint) AS indid, CAST((SELECT COUNT(*) FROM sys.index_columns AS c WHERE c.object_id = i.object_id AND c.index_id = i.index_id AND c.key_ordinal > 0) AS smallint) AS keycnt,
    p.rows AS rowcnt, COALESCE(i.name, t.name) AS name, CAST(p.rows AS int) AS rows
FROM sys.indexes AS i JOIN sys.tables AS t ON t.object_id = i.object_id JOIN sys.partitions AS p ON p.object_id = i.object_id AND p.index_id = i.index_id

-- view sys.sysindexkeys
SELECT c.object_id AS id, CAST(c.index_id AS smallint) AS indid, CAST(c.column_id AS smallint) AS colid, CAST(c.key_ordinal AS smallint) AS keyno FROM sys.index_columns AS c

-- view sys.sysforeignkeys
SELECT f.constraint_object_id AS constid, f.parent_object_id AS fkeyid, f.referenced_object_id AS rkeyid, CAST(f.parent_column_id AS smallint) AS fkey, CAST(f.referenced_column_id AS smallint) AS rkey,
    CAST(f.constraint_column_id AS smallint) AS keyno
FROM sys.foreign_key_columns AS f

-- view sys.sysreferences
SELECT f.object_id AS constid, f.parent_object_id AS fkeyid, f.referenced_object_id AS rkeyid, CAST(f.key_index_id AS smallint) AS rkeyindid, k.keycnt,
    k.fkey1, k.fkey2, k.fkey3, k.fkey4, k.fkey5, k.fkey6, k.fkey7, k.fkey8, k.fkey9, k.fkey10, k.fkey11, k.fkey12, k.fkey13, k.fkey14, k.fkey15, k.fkey16,
    k.rkey1, k.rkey2, k.rkey3, k.rkey4, k.rkey5, k.rkey6, k.rkey7, k.rkey8, k.rkey9, k.rkey10, k.rkey11, k.rkey12, k.rkey13, k.rkey14, k.rkey15, k.rkey16
FROM sys.foreign_keys AS f JOIN (SELECT c.constraint_object_id, CAST(COUNT(*) AS smallint) AS keycnt,
    CAST(MAX(CASE c.constraint_column_id WHEN 1 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey1,
    CAST(MAX(CASE c.constraint_column_id WHEN 2 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey2,
    CAST(MAX(CASE c.constraint_column_id WHEN 3 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey3,
    CAST(MAX(CASE c.constraint_column_id WHEN 4 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey4,
    CAST(MAX(CASE c.constraint_column_id WHEN 5 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey5,
    CAST(MAX(CASE c.constraint_column_id WHEN 6 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey6,
    CAST(MAX(CASE c.constraint_column_id WHEN 7 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey7,
    CAST(MAX(CASE c.constraint_column_id WHEN 8 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey8,
    CAST(MAX(CASE c.constraint_column_id WHEN 9 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey9,
    CAST(MAX(CASE c.constraint_column_id WHEN 10 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey10,
    CAST(MAX(CASE c.constraint_column_id WHEN 11 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey11,
    CAST(MAX(CASE c.constraint_column_id WHEN 12 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey12,
    CAST(MAX(CASE c.constraint_column_id WHEN 13 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey13,
    CAST(MAX(CASE c.constraint_column_id WHEN 14 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey14,
    CAST(MAX(CASE c.constraint_column_id WHEN 15 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey15,
    CAST(MAX(CASE c.constraint_column_id WHEN 16 THEN c.parent_column_id ELSE 0 END) AS smallint) AS fkey16,
    CAST(MAX(CASE c.constraint_column_id WHEN 1 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey1,
    CAST(MAX(CASE c.constraint_column_id WHEN 2 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey2,
    CAST(MAX(CASE c.constraint_column_id WHEN 3 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey3,
    CAST(MAX(CASE c.constraint_column_id WHEN 4 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey4,
    CAST(MAX(CASE c.constraint_column_id WHEN 5 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey5,
    CAST(MAX(CASE c.constraint_column_id WHEN 6 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey6,
    CAST(MAX(CASE c.constraint_column_id WHEN 7 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey7,
    CAST(MAX(CASE c.constraint_column_id WHEN 8 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey8,
    CAST(MAX(CASE c.constraint_column_id WHEN 9 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey9,
    CAST(MAX(CASE c.constraint_column_id WHEN 10 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey10,
    CAST(MAX(CASE c.constraint_column_id WHEN 11 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey11,
    CAST(MAX(CASE c.constraint_column_id WHEN 12 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey12,
    CAST(MAX(CASE c.constraint_column_id WHEN 13 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey13,
    CAST(MAX(CASE c.constraint_column_id WHEN 14 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey14,
    CAST(MAX(CASE c.constraint_column_id WHEN 15 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey15,
    CAST(MAX(CASE c.constraint_column_id WHEN 16 THEN c.referenced_column_id ELSE 0 END) AS smallint) AS rkey16
    FROM sys.foreign_key_columns AS c GROUP BY c.constraint_object_id) AS k ON k.constraint_object_id = f.object_id

-- view sys.sysconstraints
SELECT c.object_id AS constid, c.parent_object_id AS id, CAST(COALESCE(d.parent_column_id, k.parent_column_id, 0) AS smallint) AS colid,
    CAST(CASE c.type WHEN 'PK' THEN 1 WHEN 'UQ' THEN 2 WHEN 'F' THEN 3 WHEN 'C' THEN 4 ELSE 5 END + CASE WHEN COALESCE(d.parent_column_id, k.parent_column_id, 0) > 0 THEN 16 ELSE 32 END AS int) AS status
FROM sys.objects AS c LEFT JOIN sys.default_constraints AS d ON d.object_id = c.object_id LEFT JOIN sys.check_constraints AS k ON k.object_id = c.object_id WHERE c.type IN ('C', 'UQ', 'PK', 'F', 'D')

-- view sys.sysfilegroups
SELECT CAST(f.data_space_id AS smallint) AS groupid, f.name AS groupname FROM sys.filegroups AS f

-- view sys.sysfiles
SELECT CAST(f.file_id AS smallint) AS fileid, CAST(f.data_space_id AS smallint) AS groupid, f.size, f.max_size AS maxsize, f.growth, CAST(CASE f.type WHEN 1 THEN 66 ELSE 2 END AS int) AS status, f.name, f.physical_name AS filename
FROM sys.database_files AS f

-- view sys.sysaltfiles
SELECT CAST(f.file_id AS smallint) AS fileid, CAST(f.data_space_id AS smallint) AS groupid, f.size, f.max_size AS maxsize, f.growth, CAST(CASE f.type WHEN 1 THEN 66 ELSE 2 END AS int) AS status,
    CAST(f.database_id AS smallint) AS dbid, f.name, f.physical_name AS filename
FROM sys.master_files AS f

-- view sys.sysconfigures
SELECT CAST(c.value AS int) AS value, c.configuration_id AS config, c.description AS comment, CAST(CASE WHEN c.is_dynamic = 1 THEN 1 ELSE 0 END + CASE WHEN c.is_advanced = 1 THEN 2 ELSE 0 END AS smallint) AS status FROM sys.configurations AS c

-- view sys.syscurconfigs
SELECT CAST(c.value_in_use AS int) AS value, c.configuration_id AS config, c.description AS comment, CAST(CASE WHEN c.is_dynamic = 1 THEN 1 ELSE 0 END + CASE WHEN c.is_advanced = 1 THEN 2 ELSE 0 END AS smallint) AS status FROM sys.configurations AS c

-- view sys.sysservers
SELECT CAST(s.server_id AS smallint) AS srvid, CAST(1089 AS smallint) AS srvstatus, s.name AS srvname, s.product AS srvproduct, CAST(s.provider AS nvarchar(128)) AS providername, s.data_source AS datasource, s.modify_date AS schemadate,
    CAST(s.name AS char(30)) AS srvnetname
FROM sys.servers AS s

-- view sys.sysprocesses
SELECT s.session_id AS spid, CAST(0 AS smallint) AS blocked, CAST(N'MISCELLANEOUS' AS nchar(32)) AS lastwaittype, CAST(N'' AS nchar(256)) AS waitresource, s.database_id AS dbid, CAST(1 AS smallint) AS uid, s.cpu_time AS cpu,
    s.reads + s.writes AS physical_io, s.memory_usage AS memusage, s.login_time, s.last_request_start_time AS last_batch, CAST(s.open_transaction_count AS smallint) AS open_tran, CAST(s.status AS nchar(30)) AS status,
    CAST(s.security_id AS binary(86)) AS sid, CAST(ISNULL(s.host_name, N'') AS nchar(128)) AS hostname, CAST(ISNULL(s.program_name, N'') AS nchar(128)) AS program_name,
    CAST(ISNULL(CAST(s.host_process_id AS nvarchar(10)), N'') AS nchar(10)) AS hostprocess, CAST(CASE s.status WHEN N'running' THEN N'SELECT' ELSE N'AWAITING COMMAND' END AS nchar(26)) AS cmd,
    CAST(ISNULL(s.nt_domain, N'') AS nchar(128)) AS nt_domain, CAST(ISNULL(s.nt_user_name, N'') AS nchar(128)) AS nt_username, CAST(N'' AS nchar(12)) AS net_address, CAST(N'TCP/IP' AS nchar(12)) AS net_library,
    CAST(s.login_name AS nchar(128)) AS loginame, CAST(ISNULL(s.context_info, 0x) AS binary(128)) AS context_info
FROM sys.dm_exec_sessions AS s

-- view sys.dm_exec_requests
SELECT s.session_id, s.last_request_start_time AS start_time, CAST(N'running' AS nvarchar(30)) AS status, CAST(N'SELECT' AS nvarchar(32)) AS command, s.database_id, CAST(1 AS int) AS user_id,
    CAST(0 AS smallint) AS blocking_session_id, CAST(N'' AS nvarchar(256)) AS wait_resource, s.open_transaction_count, s.context_info, s.text_size, s.language, s.date_format, s.date_first, s.quoted_identifier, s.arithabort,
    s.ansi_null_dflt_on, s.ansi_defaults, s.ansi_warnings, s.ansi_padding, s.ansi_nulls, s.concat_null_yields_null, s.transaction_isolation_level, s.lock_timeout, s.deadlock_priority, s.row_count, s.prev_error
FROM sys.dm_exec_sessions AS s WHERE s.status = N'running'
