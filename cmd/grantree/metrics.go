package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"grantree/finding"
)

// What --metrics writes: what a run came to, in the text format of Prometheus
// (https://prometheus.io/docs/instrumenting/exposition_formats/), for the textfile
// collector of node_exporter. A file is written whole in each run, also one that
// failed; only the time of the last success is kept from the one before.

// metric is a family: a gauge with a help and its samples.
type metric struct {
	name, help string
	samples    []sample
}

type sample struct {
	labels []label
	value  float64
}

type label struct{ name, value string }

// lastSuccess is when a run of the command last ended with 0.
const lastSuccess = "grantree_last_success_timestamp_seconds"

// metricsHead is how a file of metrics begins.
const metricsHead = "# HELP grantree_"

// metrics are what a run came to, at a time. before is when the command last
// succeeded, as far as the file knew it, in seconds; 0 is never.
func (e *ending) metrics(at time.Time, before float64) []metric {
	one := func(name, help string, value float64) metric {
		return metric{name, help, []sample{{value: value}}}
	}
	seconds := float64(at.UnixMilli()) / 1000
	success := before
	if e.code == exitDone {
		success = seconds
	}
	out := []metric{
		one("grantree_run_timestamp_seconds", "When the last run ended.", seconds),
		one(lastSuccess, "When a run last ended with exit code 0.", success),
		one("grantree_run_exit_code", "The exit code of the last run: 0 done, 1 failed, 2 wrong usage or input, 3 not as the policy says, 4 a rule was broken, 5 stale.", float64(e.code)),
		one("grantree_run_seconds", "How long the last run took.", e.took.Seconds()),
		one("grantree_run_statements", "Statements that the last run sent to sites, or would have sent if it was a plan.", float64(e.statements)),
	}
	if success == 0 {
		out = slices.DeleteFunc(out, func(m metric) bool { return m.name == lastSuccess })
	}
	count := metric{name: "grantree_sites", help: "Sites of the last run by what became of them."}
	n := e.results()
	for _, result := range siteResults {
		count.samples = append(count.samples, sample{[]label{{"result", result}}, float64(n[result])})
	}
	result := metric{name: "grantree_site_result", help: "1 for what became of a site in the last run."}
	drift := metric{name: "grantree_site_drift", help: "Statements that a site still needs to be as the policy says."}
	mismatches := metric{name: "grantree_site_mismatches", help: "Causes why what people may do in a site is not what the policy says, as its server answered."}
	for _, s := range e.sites {
		site := label{"site", seriesName(s.name)}
		result.samples = append(result.samples, sample{[]label{site, {"result", s.result}}, 1})
		if s.planned {
			drift.samples = append(drift.samples, sample{[]label{site}, float64(s.changes)})
		}
		if s.verified {
			mismatches.samples = append(mismatches.samples, sample{[]label{site}, float64(s.mismatches)})
		}
	}
	out = append(out, count, result, drift, mismatches)
	if e.seats != nil && e.seats.Counted {
		out = append(out, one("grantree_seats_used", "Seats that are used once the plan of the last run is applied.", float64(e.seats.Used)))
	}
	if e.seats != nil && e.seats.Limited {
		out = append(out, one("grantree_seats_limit", "Seats that the licence has.", float64(e.seats.Limit)))
	}
	return out
}

// exposition writes metrics in the text format, every sample with some labels before
// its own. A family without samples is left out.
func exposition(list []metric, common ...label) []byte {
	var b bytes.Buffer
	for _, m := range list {
		if len(m.samples) == 0 {
			continue
		}
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", m.name, strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(m.help), m.name)
		for _, s := range m.samples {
			b.WriteString(m.name + labelText(slices.Concat(common, s.labels)) + " " + strconv.FormatFloat(s.value, 'f', -1, 64) + "\n")
		}
	}
	return b.Bytes()
}

// seriesName is a site's name without anything that a terminal obeys, and no other
// site's: a backslash of its own is doubled, for those that stand for characters.
func seriesName(site string) string { return finding.Printable(strings.ReplaceAll(site, `\`, `\\`)) }

// labelText is labels as they stand behind a name.
func labelText(labels []label) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	var parts []string
	for _, l := range labels {
		parts = append(parts, l.name+`="`+escape.Replace(l.value)+`"`)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// runLabels tell the runs apart that write files of their own into one folder.
func runLabels(command string, o fleetOptions) []label {
	out := []label{{"command", command}}
	if o.shard.Of > 0 {
		out = append(out, label{"shard", o.shard.String()})
	}
	return out
}

// metricsBefore reads the file that a run is going to write, and returns when the
// command last succeeded. What is no file of metrics is left alone.
func (a *app) metricsBefore(o fleetOptions, command string) (success float64, err error) {
	old, err := a.readFile(o.metrics)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, usageError("--metrics: %v; nothing was changed", err)
	case len(old) > 0 && !bytes.HasPrefix(old, []byte(metricsHead)):
		return 0, usageError("--metrics: %s holds something else than metrics that grantree wrote: name another; nothing was changed", o.metrics)
	}
	ours := strings.TrimSuffix(labelText(runLabels(command, o)), "}")
	for line := range strings.Lines(string(old)) {
		if name, labels, ok := strings.Cut(line, "{"); !ok || strings.HasPrefix(name, "#") {
			continue
		} else if name == "grantree_run_timestamp_seconds" && !strings.HasPrefix("{"+labels, ours+"}") {
			return 0, usageError("--metrics: %s holds the metrics of another command or shard, %s: give each a file of its own; nothing was changed", o.metrics, finding.Printable("{"+strings.SplitAfter(labels, "}")[0]))
		}
	}
	key := lastSuccess + labelText(runLabels(command, o)) + " "
	for line := range strings.Lines(string(old)) {
		if text, ok := strings.CutPrefix(line, key); ok {
			success, _ = strconv.ParseFloat(strings.TrimSpace(text), 64)
		}
	}
	return success, nil
}

// writeMetrics writes what a run came to.
func (a *app) writeMetrics(e *ending, o fleetOptions, before float64) error {
	if err := a.publish(o.metrics, exposition(e.metrics(a.now(), before), runLabels(e.command, o)...)); err != nil {
		return fmt.Errorf("--metrics: %w", err)
	}
	return nil
}
