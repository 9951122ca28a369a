package main

import (
	"strings"
	"time"

	"grantree/policy"
	"grantree/tomldoc"

	"github.com/spf13/cobra"
)

func newGrantUntil(a *app) *cobra.Command {
	var o editOptions
	var site, reason string
	c := &cobra.Command{
		Use:   "grant-until USER VIEW|NODE|AREA PERMISSION... END",
		Short: "Let one person do more than their groups, until a day or an hour",
		Long: `Let one person do more than their groups, until a day or an hour: it writes a
[[user.allow]] with until, and nothing more. END is a day, which is the last on
which it holds, as 2027-06-30; a time, as 2027-06-30T18:00:00Z; or how long from
now, as +8h. The first apply after it takes it back, and until then
"grantree plan --check" exits with 3.`,
		Args: cobra.MinimumNArgs(4),
		RunE: func(c *cobra.Command, args []string) error {
			last := len(args) - 1
			line, err := readLine(c, args[2:last], "")
			if err != nil {
				return err
			}
			if line.Until, err = a.readEnd(args[last]); err != nil {
				return err
			}
			line.Reason = reason
			return a.edit(c.Context(), o, func(e *policy.Editor) error {
				beside, err := e.AddLine(args[0], site, false, e.Policy().LineOn(args[1], line))
				if beside != "" {
					a.warnf("%s", beside)
				}
				return err
			})
		},
	}
	o.addFlags(c)
	c.Flags().StringVar(&site, "site", "", "only in this site, for which they have a [[user.at]]")
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

// readEnd reads the end of what is given for a while: one that is still to come.
func (a *app) readEnd(text string) (tomldoc.Moment, error) {
	if length, ok := strings.CutPrefix(text, "+"); ok {
		d, err := time.ParseDuration(length)
		if err != nil || d < time.Minute {
			return tomldoc.Moment{}, usageError("%q is no time from now: write one such as +8h or +90m", text)
		}
		text = a.now().Add(d).UTC().Truncate(time.Second).Format(time.RFC3339)
	}
	m, err := tomldoc.ParseMoment(text)
	if err != nil {
		return m, usageError("the last argument is the end, and %v, or +8h", err)
	}
	if m.Over(a.now()) {
		return m, usageError("%s is over already", text)
	}
	return m, nil
}
