-- "Extended properties", of up to three levels, and what a contained database is made with.
CREATE PROCEDURE sys.sp_addextendedproperty
    @name sysname, @value sql_variant = NULL,
    @level0type varchar(128) = NULL, @level0name sysname = NULL, @level1type varchar(128) = NULL, @level1name sysname = NULL,
    @level2type varchar(128) = NULL, @level2name sysname = NULL
AS
DECLARE @code int
EXEC @code = sys.[%%property] N'ADD', @name, @value, @level0type, @level0name, @level1type, @level1name, @level2type, @level2name
RETURN @code
GO
CREATE PROCEDURE sys.sp_updateextendedproperty
    @name sysname, @value sql_variant = NULL,
    @level0type varchar(128) = NULL, @level0name sysname = NULL, @level1type varchar(128) = NULL, @level1name sysname = NULL,
    @level2type varchar(128) = NULL, @level2name sysname = NULL
AS
DECLARE @code int
EXEC @code = sys.[%%property] N'UPDATE', @name, @value, @level0type, @level0name, @level1type, @level1name, @level2type, @level2name
RETURN @code
GO
CREATE PROCEDURE sys.sp_dropextendedproperty
    @name sysname,
    @level0type varchar(128) = NULL, @level0name sysname = NULL, @level1type varchar(128) = NULL, @level1name sysname = NULL,
    @level2type varchar(128) = NULL, @level2name sysname = NULL
AS
DECLARE @code int
EXEC @code = sys.[%%property] N'DROP', @name, NULL, @level0type, @level0name, @level1type, @level1name, @level2type, @level2name
RETURN @code
GO
CREATE PROCEDURE sys.sp_migrate_user_to_contained
    @username sysname,
    @rename nvarchar(30),
    @disablelogin nvarchar(30)
AS
IF @rename NOT IN (N'copy_login_name', N'keep_name') OR @disablelogin NOT IN (N'disable_login', N'do_not_disable_login')
BEGIN
    RAISERROR (15600, -1, -1, 'sys.sp_migrate_user_to_contained')
    RETURN 1
END
DECLARE @copy bit = IIF(@rename = N'copy_login_name', 1, 0), @disable bit = IIF(@disablelogin = N'disable_login', 1, 0), @code int
EXEC @code = sys.[%%migrate] @username, @copy, @disable
RETURN @code
