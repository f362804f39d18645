import Files
import Foundation

/// Configuration files for Prometheus to scrape every node of a cluster.
///
/// `targets.json` is a list for the `file_sd_configs` of an existing Prometheus; `prometheus.yml` is a complete
/// configuration that uses it.
struct PrometheusFiles {
    /// A line for a shell that starts a Prometheus of the cluster's own.
    ///
    /// Its data goes to the cluster's folder and its port is another one, because Debian's Prometheus keeps both its
    /// default folder and port 9090 to the service's user.
    let command: String
    let configurationPath: String
    let configuration: String
    let targetsPath: String
    let targets: String

    init(root: String, nodes: [(name: String, port: UInt16)]) {
        configurationPath = root + "/prometheus.yml"
        targetsPath = root + "/targets.json"
        let groups = nodes.map { node in
            "  {\"targets\": [\"127.0.0.1:\(node.port)\"], \"labels\": {\"node\": \"\(node.name)\"}}"
        }
        targets = "[\n" + groups.joined(separator: ",\n") + "\n]\n"
        command =
            "prometheus --config.file=\(Self.quoted(configurationPath)) "
            + "--storage.tsdb.path=\(Self.quoted(root + "/prometheus")) --web.listen-address=127.0.0.1:9091"
        // Escaped as a JSON string, which is valid YAML too.
        let path = targetsPath.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        configuration = """
            # Run: \(command)
            global:
              scrape_interval: 5s
            scrape_configs:
              - job_name: starling
                metrics_path: /metrics
                file_sd_configs:
                  - files: ["\(path)"]

            """
    }

    /// One word of a shell, whatever is in it.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+".contains($0) }
        return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }

    func write() throws(ClusterError) {
        do {
            try AtomicFile.write(targets.utf8, to: targetsPath)
            try AtomicFile.write(configuration.utf8, to: configurationPath)
        } catch {
            throw .folder("\(error)")
        }
    }
}
