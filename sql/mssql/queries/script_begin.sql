-- The frame of a script's site. It never ends a transaction that is not its own: inside one, its COMMIT would commit
-- nothing, so it refuses there, and a refusal by RAISERROR leaves that transaction as it is, whatever XACT_ABORT says.
SET IMPLICIT_TRANSACTIONS OFF;
DECLARE @grantree_say nvarchar(2048), @grantree_wrong nvarchar(max), @grantree_lock int, @grantree_after bit, @grantree_sql nvarchar(max);
IF @@TRANCOUNT <> 0
BEGIN
    SET @grantree_say = LEFT(N'a transaction is open in this session: COMMIT or ROLLBACK it, then run the script again; nothing was done in site ' + @grantree_site, 1000);
    SET @grantree_say = REPLACE(@grantree_say, N'%', N'%%');
    RAISERROR (@grantree_say, 16, 1);
    RETURN;
END;
IF DB_ID() <> ISNULL(DB_ID(@grantree_database), -1)
BEGIN
    SET @grantree_say = LEFT(N'this session is in database ' + DB_NAME() + N', and site ' + @grantree_site + N' is in ' + @grantree_database + N': USE that one first; nothing was done', 1000);
    SET @grantree_say = REPLACE(@grantree_say, N'%', N'%%');
    THROW 50000, @grantree_say, 1;
END;
SET XACT_ABORT, NOCOUNT ON;
SET LOCK_TIMEOUT 15000;
BEGIN TRY
BEGIN TRANSACTION;
EXEC @grantree_lock = sys.sp_getapplock @Resource = N'grantree', @LockMode = N'Exclusive', @LockOwner = N'Transaction', @LockTimeout = 15000;
IF @grantree_lock < 0
BEGIN
    THROW 50001, N'another grantree is changing this site', 1;
END;
