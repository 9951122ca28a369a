-- The frame of a small transaction. The lock is the session's, so that nobody comes
-- between two of them; a lock that somebody holds is waited for as a whole apply
-- waits, and one that the session holds already is asked for and not taken twice. A
-- statement that queues behind somebody's query, and everybody else behind it, gives
-- up soon: the transaction is tried again.
SET XACT_ABORT ON;
SET NOCOUNT ON;
SET IMPLICIT_TRANSACTIONS OFF;
SET LOCK_TIMEOUT 2000;
SET DEADLOCK_PRIORITY LOW;
IF @@TRANCOUNT <> 0
BEGIN
    THROW 50003, N'a transaction is open on this connection', 1;
END;
DECLARE @grantree_lock int = 0;
IF APPLOCK_MODE(N'public', N'grantree', N'Session') <> N'Exclusive'
BEGIN
    EXEC @grantree_lock = sys.sp_getapplock @Resource = N'grantree', @LockMode = N'Exclusive', @LockOwner = N'Session', @LockTimeout = 15000;
END;
IF @grantree_lock < 0
BEGIN
    THROW 50001, N'another grantree is changing this site', 1;
END;
BEGIN TRANSACTION;
