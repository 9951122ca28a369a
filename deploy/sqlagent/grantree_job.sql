-- A job of SQL Server Agent that applies the policy every day at 05:30. Run this
-- as a sysadmin in sqlcmd or SSMS, on the server whose Agent shall run grantree; it
-- may be run again. Change the three paths in the command, and nothing else has to be.
--
-- The step is a program, started by Windows: the account of the Agent runs it, or
-- that of a proxy, which is better (sp_add_proxy, sp_grant_proxy_to_subsystem
-- @subsystem_name = N'CmdExec', and @proxy_name in the step). grantree finds its
-- password in password_file, or has integrated = true. No password stands here.
--
-- Exit codes are the step's: all but 0 are failures. One that somebody else's change
-- made stale (5), or a server that was away (1), is tried again once.
USE msdb;
GO
SET XACT_ABORT ON;
BEGIN TRANSACTION;
IF EXISTS (SELECT 1 FROM msdb.dbo.sysjobs WHERE name = N'grantree apply')
    EXEC msdb.dbo.sp_delete_job @job_name = N'grantree apply', @delete_unused_schedule = 1;
EXEC msdb.dbo.sp_add_job
    @job_name = N'grantree apply',
    @description = N'The permissions of the application''s sites, as the policy says.',
    @enabled = 1,
    @notify_level_eventlog = 2;
EXEC msdb.dbo.sp_add_jobstep
    @job_name = N'grantree apply',
    @step_name = N'apply and verify',
    @subsystem = N'CmdExec',
    @command = N'"C:\Program Files\grantree\grantree.exe" apply -f C:\grantree\grantree.toml --yes --passwords-out C:\grantree\passwords.txt',
    @cmdexec_success_code = 0,
    @on_success_action = 1,
    @on_fail_action = 2,
    @retry_attempts = 1,
    @retry_interval = 10,
    @output_file_name = N'C:\grantree\apply.log',
    @flags = 2;
EXEC msdb.dbo.sp_add_jobschedule
    @job_name = N'grantree apply',
    @name = N'grantree every morning',
    @freq_type = 4,
    @freq_interval = 1,
    @active_start_time = 53000;
EXEC msdb.dbo.sp_add_jobserver @job_name = N'grantree apply', @server_name = N'(local)';
COMMIT TRANSACTION;
GO
