-- One role a person, each with what the person once asked for.
GRANT DELETE ON dbo.imvw_woap_act_res TO r_bob;
REVOKE SELECT ON dbo.imvw_pay_type FROM r_bob;
GRANT SELECT ON dbo.imvw_budget TO r_dave;
GRANT SELECT ON dbo.imvw_contact TO r_frank;
GO
CREATE ROLE r_gina;
CREATE LOGIN gina WITH PASSWORD = 'x';
CREATE USER gina FOR LOGIN gina;
ALTER ROLE r_gina ADD MEMBER gina;
GRANT SELECT ON dbo.imvw_budget TO r_gina;
GRANT SELECT ON dbo.imvw_general_ledger TO r_gina;
GRANT SELECT ON dbo.imvw_gl_split_info TO r_gina;
GRANT SELECT ON dbo.imvw_actual_cost TO r_gina;
