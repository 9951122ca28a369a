package security

// configuration is a row of sys.configurations that security work reads
// (section K).
type configuration struct {
	id          int
	name        string
	value       int
	minimum     int
	maximum     int
	description string
	dynamic     bool
	advanced    bool
}

// Names of the options that change the access check.
const (
	OptionCrossDBChaining = "cross db ownership chaining"
	OptionCommonCriteria  = "common criteria compliance enabled"
)

var configurations = []configuration{
	{102, "allow updates", 0, 0, 1, "Allow updates to system tables", true, false},
	{115, "nested triggers", 1, 0, 1, "Allow triggers to be invoked within triggers", true, false},
	{117, "remote access", 1, 0, 1, "Allow remote access", false, false},
	{124, "default language", 0, 0, 9999, "default language", true, false},
	{400, OptionCrossDBChaining, 0, 0, 1, "Allow cross db ownership chaining", true, false},
	{518, "show advanced options", 0, 0, 1, "show advanced options", true, false},
	{544, "c2 audit mode", 0, 0, 1, "c2 audit mode", false, true},
	{1126, "default full-text language", 1033, 0, 2147483647, "default full-text language", true, true},
	{1127, "two digit year cutoff", 2049, 1753, 9999, "two digit year cutoff", true, true},
	{1555, "transform noise words", 0, 0, 1, "Transform noise words for full-text query", true, true},
	{1562, "clr enabled", 0, 0, 1, "CLR user code execution enabled in the server", true, false},
	{1577, OptionCommonCriteria, 0, 0, 1, "Common Criteria compliance mode enabled", false, true},
	{1587, "clr strict security", 1, 0, 1, "CLR strict security enabled in the server", true, true},
	{16387, "SMO and DMO XPs", 1, 0, 1, "Enable or disable SMO and DMO XPs", true, true},
	{16388, "Ole Automation Procedures", 0, 0, 1, "Enable or disable Ole Automation Procedures", true, true},
	{16390, "xp_cmdshell", 0, 0, 1, "Enable or disable command shell", true, true},
	{16391, "Ad Hoc Distributed Queries", 0, 0, 1, "Enable or disable Ad Hoc Distributed Queries", true, true},
	{16393, "contained database authentication", 0, 0, 1, "Enables contained databases and contained authentication", true, false},
}

// Configuration returns the value of an option; ok is false for an unknown
// name.
func (s *Server) Configuration(name string) (value int, ok bool) { return s.configuration.Get(name) }

// Configure is sp_configure followed by RECONFIGURE: it needs ALTER SETTINGS,
// else 15247; an unknown option is 15123 and a value out of range 15129.
func (s *Server) Configure(ctx *Context, name string, value int) error {
	if !s.Checker(ctx).Can(Securable{Class: ClassServer}, "ALTER SETTINGS") {
		return refuse(15247)
	}
	for _, c := range configurations {
		if !s.collation.Equal(c.name, name) {
			continue
		}
		if value < c.minimum || value > c.maximum {
			return refuse(15129, value, c.name)
		}
		s.configuration.Set(c.name, value)
		return nil
	}
	return refuse(15123, name)
}
