import Files
import Foundation

/// What Prometheus needs to scrape every node of a cluster.
///
/// `targets.json` is a list for `file_sd_configs` of a Prometheus that runs already; `prometheus.yml` is a whole
/// configuration around it.
struct PrometheusFiles {
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
        // A string of JSON is one of YAML.
        let path = targetsPath.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        configuration = """
            # Run: prometheus --config.file=prometheus.yml
            global:
              scrape_interval: 5s
            scrape_configs:
              - job_name: starling
                metrics_path: /metrics
                file_sd_configs:
                  - files: ["\(path)"]

            """
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
